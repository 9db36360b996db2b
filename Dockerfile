# One image for every function and command: node dist/run.cjs FUNCTION, lapse COMMAND.
#   docker build -t lapse --build-arg VERSION=0.2.0 --build-arg REVISION="$(git rev-parse HEAD)" .
# Releases name the base by digest (.github/workflows/release.yml). A build by hand takes the newest, or one of another registry.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY src src
COPY functions functions
COPY scripts scripts
# How the build starts what it built, and the model that it starts the predictor with.
COPY test/support test/support
# The same sources make the same files, also of what V8 compiled of them (*.cache): docs/decisions/code-cache.md.
RUN node scripts/build.ts && mkdir /app && cp -r dist /app/
# Bundles hold every package but those with native parts. Of ONNX Runtime, this machine's binary out of six; DuckDB is
# for laptops only.
RUN mkdir /app/node_modules && cd node_modules && cp -r --parents onnxruntime-common/package.json \
    onnxruntime-common/dist/cjs onnxruntime-node/package.json onnxruntime-node/dist \
    onnxruntime-node/bin/napi-v6/linux/"$(node -p process.arch)" /app/node_modules/ && \
    find /app/node_modules \( -name '*.d.ts' -o -name '*.map' \) -delete
RUN node scripts/sbom.ts >/app/sbom.cdx.json

FROM ${NODE_IMAGE}
# What only runs needs no package manager.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn* && \
    ln -s /app/dist/lapse/lapse.mjs /usr/local/bin/lapse
WORKDIR /app
# ONNX Runtime would otherwise send usage data to its maker.
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1
COPY --from=build /app ./
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="lapse" \
      org.opencontainers.image.description="Predicts which users are about to leave, from their action logs" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The user node, by number: the kubelet cannot tell that a name is not root.
USER 1000:1000
EXPOSE 8080
CMD ["node", "dist/run.cjs", "predict"]
