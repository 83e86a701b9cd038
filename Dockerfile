# The image of the hub: `docker build --tag bindeledd .` Two stages, so that neither npm nor what it leaves behind is in the image. The file
# system may be read-only; what is written goes to /var/lib/bindeledd (a volume; not with PostgreSQL) and to the folder of temporary files.
# A release is built from a digest: --build-arg NODE=node:26.10.0-bookworm-slim@sha256:…
ARG NODE=node:26.10.0-bookworm-slim

FROM ${NODE} AS packages
WORKDIR /opt/bindeledd
COPY package.json package-lock.json .npmrc ./
# The optional packages are runtimes, and the image has one.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${NODE}
LABEL org.opencontainers.image.title="Bindeledd" org.opencontainers.image.licenses="EUPL-1.2"
# Package managers have no work in a running hub.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /opt/yarn-* \
      /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
    && ln -s /opt/bindeledd/bin/bindeledd.mjs /usr/local/bin/bindeledd \
    && install -d -m 0700 -o 10001 -g 10001 /var/lib/bindeledd
WORKDIR /opt/bindeledd
COPY --from=packages /opt/bindeledd/node_modules node_modules
COPY package.json LICENSE NOTICE ./
COPY bin bin
COPY catalogue catalogue
COPY docs/how-to docs/how-to
COPY docs/reference docs/reference
COPY model model
COPY src src
COPY verify verify
# What the demo delivers.
COPY sandbox sandbox
COPY deploy/image deploy/image
ENV NODE_ENV=production BINDELEDD_HOST=0.0.0.0 BINDELEDD_DATA=/var/lib/bindeledd
USER 10001:10001
VOLUME /var/lib/bindeledd
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether the process answers. Whether it can serve is for whoever sends it requests: /health/ready.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["node", "deploy/image/health.mjs", "live"]
ENTRYPOINT ["node", "/opt/bindeledd/bin/bindeledd.mjs"]
CMD ["start"]
