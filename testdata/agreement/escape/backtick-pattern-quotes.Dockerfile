# escape=`
FROM alpine
ENV T='a`b' U='a\b'
ENV A=${T#'a`b'} B=${T#"a`b"} C=${U#'a\\'} D=${T/'`'/'`'} E=${U#"a\\b"}
RUN echo ${T#'a`b'} "${T#"a`b"}"
