FROM alpine
ARG A=arg
ENV A=env
RUN echo $A
