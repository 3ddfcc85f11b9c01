FROM alpine
RUN --mount=source=src,target=/a ls
RUN --mount=source=file.txt,target=/b ls
COPY src/main.rs /
