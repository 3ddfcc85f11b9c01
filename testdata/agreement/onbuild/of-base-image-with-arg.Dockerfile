FROM node:onbuild
RUN echo after
