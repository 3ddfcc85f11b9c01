FROM alpine
ARG A=1
ARG B="$A" C='$A' D=\$A E="\$A"
RUN echo "$B $C $D $E"
