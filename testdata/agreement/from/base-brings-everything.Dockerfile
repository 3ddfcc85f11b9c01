FROM nginx
RUN true
CMD ["nginx"]
