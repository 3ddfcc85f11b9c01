FROM --platform=linux/no/such/thing alpine
RUN true
