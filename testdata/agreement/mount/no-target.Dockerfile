FROM alpine
RUN --mount=type=bind ls
