FROM scratch
RUN ["/app"]
