ARG A=alp
ARG B=${A}ine
ARG C=${B}:3.20
FROM $C
RUN true
