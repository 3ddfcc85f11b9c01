FROM alpine
ENV D=/data U=app P=8080 S=SIGTERM
WORKDIR $D/${U}
USER $U
EXPOSE $P/tcp
VOLUME $D
STOPSIGNAL $S
LABEL dir=$D "user"="$U"
ADD file.txt $D/
COPY file.txt $D/$U
CMD ["$D"]
ENTRYPOINT ["$U"]
HEALTHCHECK CMD ["$D"]
