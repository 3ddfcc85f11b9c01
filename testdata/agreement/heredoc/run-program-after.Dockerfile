FROM alpine
RUN cat <<A >/a && cat <<B >/b
one
A
two
B
