FROM alpine
ENV A=1 \
    B=2 \
    # a comment
    C=3
RUN env
