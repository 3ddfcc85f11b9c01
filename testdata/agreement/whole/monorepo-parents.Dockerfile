FROM node:22 AS manifests
WORKDIR /repo
COPY --parents package.json packages/*/package.json ./
FROM manifests AS install
RUN --mount=type=cache,id=pnpm,target=/pnpm/store pnpm install --frozen-lockfile
FROM install AS build
COPY . .
RUN pnpm -r build
FROM build AS deploy-api
RUN pnpm deploy --filter=api --prod /prod/api
FROM build AS deploy-web
RUN pnpm deploy --filter=web --prod /prod/web
FROM node:22-slim AS api
COPY --from=deploy-api /prod/api /srv
CMD ["node", "/srv/index.js"]
FROM nginx AS web
COPY --from=deploy-web --parents /prod/web/./dist /usr/share/nginx/
