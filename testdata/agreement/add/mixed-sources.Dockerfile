FROM alpine
ADD file.txt https://example.com/x https://github.com/moby/buildkit.git /d/
