FROM alpine
ENV GREETING="héllo wörld" 名=値
RUN echo $GREETING $名
