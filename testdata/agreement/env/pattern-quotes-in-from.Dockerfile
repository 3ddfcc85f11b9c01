ARG NAME=x\alpine
FROM ${NAME#'x\'}
EXPOSE ${PORT#'x\'}80
WORKDIR ${NAME/'\'/x}
