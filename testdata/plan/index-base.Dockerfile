FROM runtime:1
COPY data /data/
