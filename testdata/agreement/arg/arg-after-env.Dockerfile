FROM alpine
ENV A=env
ARG A=arg
RUN echo $A
