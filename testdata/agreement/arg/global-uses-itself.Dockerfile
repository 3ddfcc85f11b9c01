ARG A=alpine
ARG A=${A}:3
FROM $A
RUN true
