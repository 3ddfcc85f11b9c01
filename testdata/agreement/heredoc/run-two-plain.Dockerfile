FROM alpine
RUN <<A <<B
echo one
A
echo two
B
