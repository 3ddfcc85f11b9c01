FROM alpine
ENV A=$1 B=$@ C=$$ D=$? E=${1} F=$
RUN env
