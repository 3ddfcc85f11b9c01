FROM python:3.13-slim AS builder
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=off
WORKDIR /build
RUN python -m venv /venv
ENV PATH="/venv/bin:$PATH"
COPY requirements*.txt ./
RUN --mount=type=secret,id=pip_conf,target=/etc/pip.conf \
    --mount=type=cache,target=/root/.cache/pip \
    pip install -r requirements.txt

FROM python:3.13-slim
RUN <<EOF
set -eu
apt-get update
apt-get install -y --no-install-recommends libpq5
rm -rf /var/lib/apt/lists/*
useradd --create-home app
EOF
COPY --from=builder /venv /venv
ENV PATH="/venv/bin:$PATH"
WORKDIR /home/app
USER app
COPY --chown=app:app . .
COPY --chmod=0755 <<'EOF' /entrypoint.sh
#!/bin/sh
exec gunicorn "$@" wsgi:app
EOF
ENTRYPOINT ["/entrypoint.sh"]
CMD ["--bind", "0.0.0.0:8000", "--workers", "4"]
