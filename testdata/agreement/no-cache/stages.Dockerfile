FROM alpine AS build
RUN make
COPY file.txt /
WORKDIR /w
FROM build AS next
RUN next
FROM alpine AS last
COPY --from=next /x /x
COPY --link file.txt /
ADD https://example.com/x /x
RUN last
