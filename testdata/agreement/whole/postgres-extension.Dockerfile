ARG PG_MAJOR=17
FROM postgres:$PG_MAJOR AS build
ARG PG_MAJOR
ARG EXT_VERSION=0.8.0
ADD https://github.com/example/vector.git#v${EXT_VERSION} /tmp/vector
RUN apt-get update && apt-mark hold locales && \
    apt-get install -y --no-install-recommends build-essential postgresql-server-dev-$PG_MAJOR && \
    cd /tmp/vector && make OPTFLAGS="" && make install DESTDIR=/out

FROM postgres:$PG_MAJOR
COPY --from=build /out /
COPY initdb/*.sql /docker-entrypoint-initdb.d/
