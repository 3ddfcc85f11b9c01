# check=error=true
from scratch as second
ARG SECRET_TOKEN=x
ENV PASSWORD abc
MAINTAINER someone
COPY . $MISSING/
WORKDIR relative
CMD echo shell
CMD ["again"]
FROM --platform=$TARGETPLATFORM scratch As Second2
LABEL a b
EXPOSE 80/TCP
