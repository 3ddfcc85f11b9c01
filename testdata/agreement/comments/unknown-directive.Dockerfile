# nothing=here
# escape=`
FROM alpine
RUN a `
  b
