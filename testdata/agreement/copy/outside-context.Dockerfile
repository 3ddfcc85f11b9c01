FROM alpine
COPY ../file.txt /
COPY /../../file.txt /x
