FROM alpine
RUN echo "grüße 世界 🎉"
