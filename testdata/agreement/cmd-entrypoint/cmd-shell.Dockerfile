FROM alpine
CMD echo "a  b" && $HOME
