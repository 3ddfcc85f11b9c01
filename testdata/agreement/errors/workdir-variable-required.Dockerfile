FROM alpine
WORKDIR ${DIR:?where}
