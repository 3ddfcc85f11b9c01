FROM nginx
CMD ["y"]
ENTRYPOINT ["x"]
