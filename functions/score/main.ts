import { serveEvents } from "#runtime/serve-events.ts";
import { connectStores } from "#stores/store-connections.ts";
import { score } from "./definition.ts";

export const main = serveEvents(score, connectStores);
