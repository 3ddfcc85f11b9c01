FROM alpine
RUN --mount=type=cache,target=$NOTHING build
