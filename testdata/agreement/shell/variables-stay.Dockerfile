FROM alpine
ENV S=/bin/bash
SHELL ["$S", "-c"]
RUN echo
