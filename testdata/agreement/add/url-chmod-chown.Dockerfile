FROM alpine
ADD --chmod=644 --chown=1000:1000 https://example.com/x /x
