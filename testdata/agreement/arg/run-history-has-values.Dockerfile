FROM alpine
ARG ONE=1
ARG TWO="a b"
ARG ONE=changed
RUN echo
RUN ["echo", "exec"]
