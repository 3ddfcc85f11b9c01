FROM scratch
RUN echo
