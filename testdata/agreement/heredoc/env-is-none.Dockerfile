FROM alpine
ENV A=<<EOF
RUN true
