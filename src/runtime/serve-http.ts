import * as z from "zod";
import {
  type AccessSettings,
  accessSettings,
  type EventAccessSettings,
  eventAccessSettings,
  withAccessRules,
} from "./access/access-settings.ts";
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
    accessSettings: httpAccessSettings,
  });
}

/** Who may send requests to a function that serves HTTP, by the settings of this process. */
export function httpAccessSettings(): AccessSettings & EventAccessSettings {
  return loadConfig(withAccessRules(z.object({ ...accessSettings, ...eventAccessSettings })));
}
