FROM alpine
ENV FOO='a\bc' STAR='a*c'
ENV A=${FOO#'a\b'} B=${FOO/'a\b'/x} C=${FOO%'\bc'} D=${FOO#'a\*'} E=${FOO#"a\b"}
ENV F=${FOO/"a\b"/"y\z"} G=${FOO//'\'/'/'} H=${STAR#'a*'} I=${STAR%"*c"} J=${FOO:-'a\b'} K=${NONE:-"a\b"}
ENV L=${NONE:-${FOO#'a\b'}} M="${FOO##'a\b'}" N=${FOO%%"\bc"}
LABEL a=${FOO#'a\b'} b="${FOO/'a\b'/x}"
ARG Q=${FOO#'a\b'}
RUN echo ${FOO#'a\b'} "${FOO#"a\b"}" ${FOO/"a\b"/"y\z"} $Q
COPY file.txt /${FOO#'a\b'}/
