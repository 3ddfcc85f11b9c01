FROM alpine
RUN echo ${A
RUN echo ${A!b} $(date) $((1+2))
