FROM alpine
COPYY x y
RUN foo
