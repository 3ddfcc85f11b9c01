FROM alpine AS root
RUN root
FROM root AS left
RUN left
FROM root AS right
RUN right
FROM scratch
COPY --from=left /l /
COPY --from=right /r /
