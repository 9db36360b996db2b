import { InvalidInput } from "#churn/failure.ts";
import { formatCounted } from "#pages/format.ts";
import { correlationFields } from "#runtime/correlation.ts";
import { retryAfter } from "#runtime/error-response.ts";
import { eventFields } from "#runtime/event-fields.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import { eventMode, readEvent } from "#runtime/event-request.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import { empty, type HttpRequest, type HttpResponse, json } from "#runtime/http.ts";
import type { LogFields } from "#runtime/logging.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { batchItems } from "./batch-items.ts";
import { itemOfEvent } from "./event-item.ts";
import { type IngestReport, type IngestServices, ingestItems } from "./ingest-items.ts";
import { plainItems } from "./plain-items.ts";

export interface RequestServices extends IngestServices {
  /** The most items in one request. */
  readonly mostItems: number;
}

/**
 * Takes actions: one CloudEvent in binary or structured mode, a batch of them, a JSON object or array, or NDJSON. One
 * CloudEvent is answered with 204, because a broker takes any body for an event that follows; the others with a report.
 * Throws InvalidInput (never send this again) and StoreUnavailable (send it again later).
 */
export async function handle(request: HttpRequest, services: RequestServices): Promise<HttpResponse> {
  const fields = correlationFields(request.correlation);
  switch (eventMode(request)) {
    case "binary":
    case "structured":
      await ingestOne(readEvent(request), services, fields);
      return empty(204);
    case "batch":
      return answer(await ingestMany(batchItems(request, services.mostItems), services, fields));
    case undefined:
      return answer(await ingestMany(plainItems(request, services.mostItems), services, fields));
  }
}

/** Takes an action that a broker delivers in this process, where what measures events tells of it. */
export const handleEvent: EventHandler<LapseEvent, IngestServices> = async (event, services) => {
  await storeOne(event, services);
  return undefined;
};

async function ingestOne(event: LapseEvent, services: IngestServices, fields: LogFields): Promise<void> {
  const { created, contradicting } = await storeOne(event, services);
  const { subject } = event;
  const before =
    contradicting === 0
      ? " that was stored before"
      : " with the id of a stored one and other content, which it left out";
  services.logger?.info(
    { ...eventFields(event), ...(subject !== undefined && { "user.id": subject }), ...fields },
    `ingest took an action${created === 0 ? before : ""}.`,
  );
}

async function storeOne(event: LapseEvent, services: IngestServices): Promise<IngestReport> {
  const report = await ingestItems([itemOfEvent(event)], services);
  const { rejections, unavailable, unavailableReason } = report;
  if (unavailable > 0) throw new StoreUnavailable(`Could not store an action: ${unavailableReason}`);
  const [rejection] = rejections;
  if (rejection === undefined) return report;
  const { field, error } = rejection;
  throw new InvalidInput(`${field ?? "The event"} ${error}`, { details: { field } });
}

async function ingestMany(
  items: Iterable<unknown>,
  services: IngestServices,
  fields: LogFields,
): Promise<IngestReport> {
  const report = await ingestItems(items, services);
  const { created, duplicates, contradicting, rejected, unavailable, unavailableReason, valuesLeftOut } = report;
  services.logger?.info(
    { "event.action": actionEvent.type, ...fields },
    `ingest took a request: ${created} new actions, ${duplicates} stored before, ${rejected} rejected, ${unavailable} to be sent again${valuesLeftOut === 0 ? "" : `; ${valuesLeftOut} without their value, which cannot be read`}.`,
  );
  if (contradicting > 0)
    services.logger?.warn(
      { "event.action": actionEvent.type, ...fields },
      `ingest left out actions with the id of a stored one and other content: ${contradicting}.`,
    );
  if (unavailable > 0)
    services.logger?.warn(
      { "event.action": actionEvent.type, ...fields },
      `ingest could not store ${formatCounted(unavailable, "action")}: ${unavailableReason}`,
    );
  return report;
}

/** 200 when anything was good, 400 when nothing was, 503 when something is to be sent again. */
function answer(report: IngestReport): HttpResponse {
  const {
    accepted,
    created,
    duplicates,
    contradicting,
    contradictions,
    unavailable,
    rejected,
    rejections,
    valuesLeftOut,
  } = report;
  const body = {
    accepted,
    created,
    duplicates,
    ...(contradicting > 0 && { contradictions, contradictions_total: contradicting }),
    rejected: rejections,
    rejected_total: rejected,
    ...(valuesLeftOut > 0 && { values_left_out: valuesLeftOut }),
  };
  if (unavailable > 0)
    return json(
      503,
      {
        error: `${formatCounted(unavailable, "action")} cannot be stored now; send ${unavailable === 1 ? "it" : "them"} again.`,
        ...body,
        unavailable,
      },
      retryAfter,
    );
  if (accepted === 0 && rejected > 0) return json(400, { error: "None of the items is an action.", ...body });
  return json(200, body);
}
