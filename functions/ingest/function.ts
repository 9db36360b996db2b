import { InvalidInput } from "../../churn/failure.ts";
import { retryAfter } from "../../runtime/error-response.ts";
import { eventMode, readBatch, readEvent } from "../../runtime/event-request.ts";
import { empty, type HttpRequest, type HttpResponse, json } from "../../runtime/http.ts";
import { StoreUnavailable } from "../../stores/failures.ts";
import { eventField, itemOfBatch, itemOfEvent } from "./event-item.ts";
import { type IngestReport, type IngestServices, ingestItems } from "./ingest-items.ts";
import { plainItems } from "./plain-items.ts";

/**
 * Takes actions: one CloudEvent in binary or structured mode, a batch of them, a JSON object or array, or NDJSON. One
 * CloudEvent is answered with 204, because a broker takes any body for an event that follows; the others with a report.
 * Throws InvalidInput (never send this again) and StoreUnavailable (send it again later).
 */
export async function handle(request: HttpRequest, services: IngestServices): Promise<HttpResponse> {
  switch (eventMode(request)) {
    case "binary":
    case "structured":
      await ingestOne(itemOfEvent(readEvent(request)), services);
      return empty(204);
    case "batch":
      return answer(withEventFields(await ingestItems(readBatch(request).map(itemOfBatch), services)));
    case undefined:
      return answer(await ingestItems(plainItems(request), services));
  }
}

async function ingestOne(item: unknown, services: IngestServices): Promise<void> {
  const { rejections, unavailable } = withEventFields(await ingestItems([item], services));
  if (unavailable > 0) throw new StoreUnavailable("Cannot store the action now; send it again later.");
  const [rejection] = rejections;
  if (rejection === undefined) return;
  const { field, error } = rejection;
  throw new InvalidInput(`${field ?? "The event"} ${error}`, { details: { field } });
}

/** Tells of an event's faults by the names that events have for fields. */
function withEventFields(report: IngestReport): IngestReport {
  const rejections = report.rejections.map((rejection) => ({ ...rejection, field: eventField(rejection.field) }));
  return { ...report, rejections };
}

/** 200 when anything was good, 400 when nothing was, 503 when something is to be sent again. */
function answer(report: IngestReport): HttpResponse {
  const { accepted, created, duplicates, unavailable, rejected, rejections } = report;
  const body = { accepted, created, duplicates, rejected: rejections, rejected_total: rejected };
  if (unavailable > 0)
    return json(
      503,
      { error: `${unavailable} actions cannot be stored now; send them again.`, ...body, unavailable },
      retryAfter,
    );
  if (accepted === 0 && rejected > 0) return json(400, { error: "None of the items is an action.", ...body });
  return json(200, body);
}
