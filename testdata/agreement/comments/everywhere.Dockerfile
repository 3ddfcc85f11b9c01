# first
FROM alpine
# second
RUN echo one # not a comment
   # indented comment
RUN echo two
#last
