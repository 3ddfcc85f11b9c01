FROM alpine
ENTRYPOINT ["/app"]
CMD ["--help"]
