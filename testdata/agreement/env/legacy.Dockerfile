FROM alpine
ENV A some value with  spaces
RUN echo $A
