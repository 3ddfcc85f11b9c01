FROM alpine
ENV A=value
ENV B=${A:-default} C=${X:-default} D=${X-default} E=${A:+alt} F=${X:+alt} G=${A+alt}
ENV H=${A#va} I=${A%ue} J=${A/l/L} K=${A//[aeiou]/_} L=${A##*l} M=${A%%l*}
RUN env
