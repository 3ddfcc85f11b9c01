FROM alpine
ENV A="x\"y" B='x"y' C=x\'y D="a\\b" E="a\nb" F='a\nb'
RUN env
