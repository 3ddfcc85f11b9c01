FROM alpine
ARG NAME=token
RUN --mount=type=secret,id=$NAME,target=/s/$NAME cat
