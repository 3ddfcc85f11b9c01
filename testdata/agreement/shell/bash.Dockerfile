FROM alpine
SHELL ["/bin/bash", "-c"]
RUN echo hi
CMD run
ENTRYPOINT start
