#!/usr/bin/env -S docker build
# syntax=docker/dockerfile:1
FROM alpine
RUN true
