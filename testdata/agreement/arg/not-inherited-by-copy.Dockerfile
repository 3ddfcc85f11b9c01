FROM alpine AS base
ARG A=1
RUN echo $A
FROM alpine
COPY --from=base /etc /x
RUN echo $A
