import { pathListener } from "#runtime/listener.ts";
import { serveHttp } from "#runtime/serve-http.ts";
import { connectStores } from "#stores/store-connections.ts";
import { ingest } from "./definition.ts";

export const main = serveHttp(ingest, connectStores, pathListener);
