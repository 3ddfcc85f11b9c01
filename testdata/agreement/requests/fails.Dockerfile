FROM alpine as x
ENV a b
RUN --mount=type=bogus x
FOO bar
