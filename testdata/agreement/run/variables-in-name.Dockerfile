FROM alpine
ENV A=1
RUN echo $A ${B} ${C:-c} "$A" '$A' \$A ${D:+x}
