FROM missingalpine
RUN true
