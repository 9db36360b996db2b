import * as z from "zod";
import { accessSettings, eventAccessSettings, withAccessRules } from "./access/access-settings.ts";
import type { Connect } from "./begin.ts";
import { loadConfig } from "./config.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import type { MakeListener } from "./listener.ts";
import { register } from "./register.ts";

/** Registers a function that serves HTTP, and returns what a pod runs; see `register`. */
export function serveHttp<Stores>(
  definition: FunctionDefinition<Stores>,
  connect: Connect<Stores>,
  makeListener: MakeListener,
): () => Promise<void> {
  return register(definition, {
    connect,
    makeListener,
    routesOf: ({ routes }) => ({ routes }),
    accessSettings: () => loadConfig(withAccessRules(z.object({ ...accessSettings, ...eventAccessSettings }))),
  });
}
