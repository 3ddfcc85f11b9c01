FROM alpine
ADD --unpack app.tar.gz /opt/
ADD --unpack=true https://example.com/a.tar.gz /b/
