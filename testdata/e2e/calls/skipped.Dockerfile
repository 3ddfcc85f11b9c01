# check=skip=JSONArgsRecommended,StageNameCasing;experimental=all
FROM scratch AS Second
CMD echo shell
ENTRYPOINT echo
HEALTHCHECK CMD a
HEALTHCHECK NONE
ADD --checksum=x a b
