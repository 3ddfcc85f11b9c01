FROM missing/image:1
RUN true
