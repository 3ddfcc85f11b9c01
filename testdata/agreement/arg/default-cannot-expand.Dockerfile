FROM alpine
ARG A=${B?no B}
RUN echo $A
