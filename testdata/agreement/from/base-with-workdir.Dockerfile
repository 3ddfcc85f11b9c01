FROM python:3
COPY file.txt .
WORKDIR app
