import { serveEvents } from "#runtime/serve-events.ts";
import { connectStores } from "#stores/store-connections.ts";
import { deadLetters } from "./definition.ts";

export const main = serveEvents(deadLetters, connectStores);
