FROM composer:2 AS vendor
WORKDIR /app
COPY composer.json composer.lock ./
RUN composer install --no-dev --no-scripts --prefer-dist

FROM php:8.3-fpm-alpine
RUN apk add --no-cache --virtual .build-deps $PHPIZE_DEPS \
 && docker-php-ext-install pdo_mysql opcache \
 && apk del .build-deps
WORKDIR /var/www
COPY --from=vendor /app/vendor vendor
COPY --exclude=vendor --exclude=tests . .
RUN <<'PHP' php > /tmp/info
<?php
phpinfo();
PHP
USER www-data
