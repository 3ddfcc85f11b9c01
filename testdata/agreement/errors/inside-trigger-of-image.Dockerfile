FROM example/onbuild
COPY --from=99 /x /y
