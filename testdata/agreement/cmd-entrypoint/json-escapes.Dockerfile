FROM alpine
CMD ["a\tb", "\u00e9\n", "<>&", "\"q\""]
