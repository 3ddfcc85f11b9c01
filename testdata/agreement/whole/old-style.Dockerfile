FROM ubuntu:14.04
MAINTAINER Someone <someone@example.com>

ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update
RUN apt-get install -y apache2 php5
ADD . /var/www/html
RUN chown -R www-data:www-data /var/www
ENV APACHE_RUN_USER www-data
ENV APACHE_LOG_DIR /var/log/apache2
EXPOSE 80
VOLUME ["/var/log/apache2"]
CMD /usr/sbin/apache2ctl -D FOREGROUND
