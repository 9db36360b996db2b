import { serveEvents } from "#runtime/serve-events.ts";
import { connectStores } from "#stores/store-connections.ts";
import { webhook } from "./definition.ts";

export const main = serveEvents(webhook, connectStores);
