FROM alpine
RUN echo one \
    # the second
    && echo two \

    && echo three
