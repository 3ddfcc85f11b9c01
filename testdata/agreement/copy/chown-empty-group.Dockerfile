FROM alpine
ARG NOBODY
ENV USERID=1000 GROUP=
COPY --chown=55: file.txt /a
COPY --chown=bin: file.txt /b
COPY --chown=: file.txt /c
COPY --chown=:55 file.txt /d
COPY --chown=$USERID:$GROUP file.txt /e
COPY --chown=root: file.txt /f
ADD --chown=55: file.txt /g
COPY --chown=55:: file.txt /h
COPY --chown=$NOBODY file.txt /i
