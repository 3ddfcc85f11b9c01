FROM alpine
COPY -- a /x
COPY --=1 a /x
