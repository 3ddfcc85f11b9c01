FROM ghcr.io/org/group/project/image:tag_1.2-x
RUN true
