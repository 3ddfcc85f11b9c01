FROM alpine
RUN <<"my end"
x
my end
