FROM alpine AS build-1.2_x
RUN true
FROM build-1.2_x
RUN true
