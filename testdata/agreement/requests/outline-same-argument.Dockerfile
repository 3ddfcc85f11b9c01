# Two stages have an argument of one name. The one that is copied from first is asked first.
FROM alpine AS base
ARG MODE=base
RUN make $MODE

FROM alpine AS early
# MODE as the early stage has it.
ARG MODE=early
ARG ONLY_EARLY
RUN make $MODE $ONLY_EARLY

FROM alpine AS late
# MODE as the late stage has it.
ARG MODE=late
RUN make $MODE

FROM scratch
COPY --from=late /out /late
COPY --from=early /out /early
COPY --from=base /out /base
