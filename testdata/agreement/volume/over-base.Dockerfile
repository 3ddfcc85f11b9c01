FROM redis
VOLUME /more
