FROM alpine
ARG A=1
ARG B=$A-2
ARG C=${B}-${A:+yes}
RUN echo $C
