import { pathListener } from "#runtime/listener.ts";
import { serveHttpAndEvents } from "#runtime/serve-http-and-events.ts";
import { connectStores } from "#stores/store-connections.ts";
import { ingest } from "./definition.ts";

export const main = serveHttpAndEvents(ingest, connectStores, pathListener);
