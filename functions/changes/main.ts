import { serveEvents } from "#runtime/serve-events.ts";
import { connectStores } from "#stores/store-connections.ts";
import { changes } from "./definition.ts";

export const main = serveEvents(changes, connectStores);
