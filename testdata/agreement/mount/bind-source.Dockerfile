FROM alpine
RUN --mount=type=bind,source=src,target=/src ls /src
RUN --mount=src=file.txt,dst=/f cat /f
