FROM alpine
COPY . /
COPY src/main.rs /
ADD src /x
