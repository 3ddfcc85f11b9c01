FROM alpine
ADD --exclude=*.md --exclude=docs . /x
