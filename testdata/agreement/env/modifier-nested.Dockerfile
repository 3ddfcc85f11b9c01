FROM alpine
ENV A=1
ENV B=${X:-${Y:-${A}}} C="${X:-"a b"}"
RUN env
