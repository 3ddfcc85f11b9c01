FROM alpine AS me
RUN --mount=from=me,target=/x true
