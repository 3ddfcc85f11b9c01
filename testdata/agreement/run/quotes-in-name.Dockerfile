FROM alpine
ENV A=1
RUN echo "it's $A" 'say "hi"' \"x\" `date`
