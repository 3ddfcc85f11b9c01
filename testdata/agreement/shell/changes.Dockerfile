FROM alpine
RUN one
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN two | tee
SHELL ["/bin/sh", "-c"]
RUN three
