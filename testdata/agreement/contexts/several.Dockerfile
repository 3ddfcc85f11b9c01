FROM one AS x
RUN 1
FROM two
COPY --from=x /a /a
COPY --from=three /b /b
RUN --mount=from=four,target=/c true
