FROM alpine
ENV A=1 B=2
ENV C="a b" D='c d' E=e\ f
RUN env
