FROM nginx
ENTRYPOINT ["x"]
