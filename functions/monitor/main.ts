import { serveEvents } from "#runtime/serve-events.ts";
import { connectStores } from "#stores/store-connections.ts";
import { monitor } from "./definition.ts";

export const main = serveEvents(monitor, connectStores);
