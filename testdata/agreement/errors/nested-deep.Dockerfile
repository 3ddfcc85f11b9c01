FROM alpine
ENV A=${A:-${B:-${C:-${D:-${E:-${F:-${G:-${H:-${I:-x}}}}}}}}}
RUN echo $A
