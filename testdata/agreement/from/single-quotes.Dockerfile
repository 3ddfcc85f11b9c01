FROM 'alpine'
RUN true
