FROM node:lts AS site
WORKDIR /site
COPY . .
RUN npm ci && npm run build

FROM nginx:stable-alpine
COPY --from=site /site/dist /usr/share/nginx/html
COPY <<EOF /etc/nginx/conf.d/default.conf
server {
  listen 80;
  location / { root /usr/share/nginx/html; try_files \$uri /index.html; }
}
EOF
VOLUME /var/cache/nginx
