import { fastifyListener } from "#runtime/fastify-listener.ts";
import { serveHttp } from "#runtime/serve-http.ts";
import { connectStores } from "#stores/store-connections.ts";
import { desk } from "./definition.ts";

export const main = serveHttp(desk, connectStores, fastifyListener);
