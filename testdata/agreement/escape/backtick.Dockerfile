# escape=`
FROM alpine
RUN echo one `
    two
COPY file.txt c:\dir\
ENV A=x`"y B="a`$b" C=\d
RUN echo `$C $A
