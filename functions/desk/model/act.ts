import { modelPromoted } from "#runtime/event-kinds.ts";
import type { HttpRequest } from "#runtime/http.ts";
import type { Act } from "#stores/audit/recorder.ts";
import type { Alias } from "#stores/models/model-store.ts";
import { deskRecorder, whoIs } from "../record-act.ts";
import type { DeskServices } from "../services.ts";
import { promote, rollBack } from "./move-champion.ts";

/** Puts a version into service as `promote` does, records who did it, and has users scored again. Throws as it does. */
export async function promoteFor(
  version: string,
  reason: string,
  request: Pick<HttpRequest, "caller" | "address">,
  services: DeskServices,
): Promise<Alias> {
  return recorded("model.promoted", { target: version, reason }, request, services, () =>
    promote(version, { by: whoIs(request).who, reason }, services.models),
  );
}

/** The same with `rollBack`. */
export async function rollBackFor(
  reason: string,
  request: Pick<HttpRequest, "caller" | "address">,
  services: DeskServices,
): Promise<Alias> {
  return recorded("model.rolled-back", { reason }, request, services, () =>
    rollBack({ by: whoIs(request).who, reason }, services.models),
  );
}

async function recorded(
  action: string,
  act: Pick<Act, "target" | "reason">,
  request: Pick<HttpRequest, "caller" | "address">,
  services: DeskServices,
  move: () => Promise<Alias>,
): Promise<Alias> {
  const record = deskRecorder(request, services);
  const alias = await record({ action, ...act }, move, ({ version, previous }) => ({
    target: version,
    ...(previous === undefined ? {} : { details: { previous } }),
  }));
  await scoreAgain(alias, services);
  return alias;
}

async function scoreAgain({ version }: Alias, services: DeskServices): Promise<void> {
  const { publish, newId, now, logger } = services;
  const time = new Date(now()).toISOString();
  const event = modelPromoted.make({ id: newId(), source: "/lapse/desk", subject: version, time, data: { version } });
  // It is in service already; users are scored by it at the latest when features are next computed.
  await publish?.(event).catch((error: unknown) => logger.warn({ error }, "Users are not scored again at once."));
}
