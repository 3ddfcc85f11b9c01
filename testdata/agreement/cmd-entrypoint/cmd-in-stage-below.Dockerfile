FROM alpine AS a
CMD ["y"]
FROM a
ENTRYPOINT ["x"]
