FROM alpine
ADD https://exa%zzmple.com/x /x
