From alpine As base
Run true
COPY file.txt /
