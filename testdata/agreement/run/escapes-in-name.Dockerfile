FROM alpine
ENV FOO=bar
RUN echo C:\hello\world\path
RUN echo "C:\hello\quoted\path"
RUN echo \$FOO $FOO "a\"b" 'c\d' a\ b
RUN ["echo", "C:\\exec\\path"]
RUN echo ${FOO:+C:\x} ${NONE:-"C:\x"} ${FOO#'\b'} ${FOO/"b"/'\c'} "${FOO#\"b\"}" \\
RUN <<\EOF
echo C:\here
EOF
SHELL ["powershell", "-Command"]
RUN Get-Item C:\Windows\System32
COPY file.txt C:\\x\\
WORKDIR \tmp\x
