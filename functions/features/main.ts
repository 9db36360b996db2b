import { serveEvents } from "#runtime/serve-events.ts";
import { connectStores } from "#stores/store-connections.ts";
import { features } from "./definition.ts";

export const main = serveEvents(features, connectStores);
