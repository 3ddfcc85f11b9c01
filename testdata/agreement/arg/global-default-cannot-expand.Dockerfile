ARG A=${B?no B}
FROM alpine
RUN echo $A
