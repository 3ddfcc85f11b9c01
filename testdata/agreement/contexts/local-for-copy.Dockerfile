FROM alpine
COPY --from=files file.txt src/ /d/
RUN --mount=from=files,source=a,target=/x true
