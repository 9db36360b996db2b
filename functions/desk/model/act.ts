import { modelPromoted } from "#runtime/event-kinds.ts";
import type { HttpRequest } from "#runtime/http.ts";
import type { Alias } from "#stores/models/model-store.ts";
import { recordAct, whoIs } from "../record-act.ts";
import type { DeskServices } from "../services.ts";
import { promote, rollBack } from "./move-champion.ts";

/** Puts a version into service as `promote` does, records who did it, and has users scored again. Throws as it does. */
export async function promoteFor(
  version: string,
  reason: string,
  request: Pick<HttpRequest, "caller">,
  services: DeskServices,
): Promise<Alias> {
  const alias = await promote(version, { by: whoIs(request).who, reason }, services.models);
  await tell("model.promoted", alias, reason, request, services);
  return alias;
}

/** The same with `rollBack`. */
export async function rollBackFor(
  reason: string,
  request: Pick<HttpRequest, "caller">,
  services: DeskServices,
): Promise<Alias> {
  const alias = await rollBack({ by: whoIs(request).who, reason }, services.models);
  await tell("model.rolled-back", alias, reason, request, services);
  return alias;
}

async function tell(
  action: string,
  { version, previous }: Alias,
  reason: string,
  request: Pick<HttpRequest, "caller">,
  services: DeskServices,
): Promise<void> {
  const details = previous === undefined ? {} : { details: { previous } };
  await recordAct({ action, target: version, reason, ...details }, request, services);
  const { publish, newId, now, logger } = services;
  const time = new Date(now()).toISOString();
  const event = modelPromoted.make({ id: newId(), source: "/lapse/desk", subject: version, time, data: { version } });
  // It is in service already; users are scored by it at the latest when features are next computed.
  await publish?.(event).catch((error: unknown) => logger.warn({ error }, "Users are not scored again at once."));
}
