FROM alpine
ADD --link --chown=app --checksum=none file.txt other.txt /
