FROM alpine AS base
# check=skip=JSONArgsRecommended
CMD echo
# check=skip=MultipleInstructionsDisallowed
CMD echo again
# check=error=true
ENTRYPOINT x
