FROM "alpine"
RUN true
