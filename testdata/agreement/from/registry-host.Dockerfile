FROM quay.io/team/tool:v1.2.3
RUN tool --version
