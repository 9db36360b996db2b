import { serveEvents } from "#runtime/serve-events.ts";
import { connectStores } from "#stores/store-connections.ts";
import { train } from "./definition.ts";

export const main = serveEvents(train, connectStores);
