import { readFile } from "node:fs/promises";
import { parseJson } from "./body-text.ts";
import { parseEvent } from "./event-request.ts";
import { type LapseEvent, toBinary } from "./events.ts";
import { EventNotTaken } from "./failures.ts";
import type { MadeFunction } from "./function-definition.ts";
import type { Logger } from "./logging.ts";
import { measured } from "./measured.ts";
import type { EventMetrics } from "./metrics/events.ts";
import type { MetricsPush } from "./metrics/push.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { postEvent } from "./post-event.ts";
import { takingTooLittle } from "./too-little-to-learn.ts";
import type { Tracer } from "./tracing/tracer.ts";

export interface RunEventOptions {
  readonly name: string;
  /** The file that holds the event, in the JSON event format, as Knative's JobSink mounts it. */
  readonly file: string;
  readonly handle: MadeFunction["handle"];
  /** The URL that takes the event that follows, if any: no caller waits for it. */
  readonly broker: string;
  /** What the broker asks its senders for; undefined if it does not. */
  readonly token?: (() => Promise<string | undefined>) | undefined;
  readonly events: EventMetrics;
  readonly storeErrors?: StoreErrorMetrics | undefined;
  readonly push?: MetricsPush | undefined;
  readonly logger: Logger;
  readonly tracer?: Tracer | undefined;
}

/**
 * Handles one event to its end, for a process that is started for it. Throws InvalidInput for what is not an event,
 * EventNotTaken when the broker does not take what follows, and what the handler throws; all of it may be repeated.
 */
export async function runEvent(options: RunEventOptions): Promise<void> {
  const { file, handle, broker, token } = options;
  const event = parseEvent(parseJson(await readFile(file, "utf8"), "The event's file"));
  const answer = await takingTooLittle(measured(handle, options), options)(event);
  if (answer !== undefined) await send(answer, broker, await token?.());
}

async function send(event: LapseEvent, broker: string, key: string | undefined): Promise<void> {
  const what = `Cannot send ${event.type} to ${broker}`;
  const { ok, status, text } = await postEvent(toBinary(event), { broker, key }).catch((cause: unknown) => {
    throw new EventNotTaken(`${what}: no answer.`, { cause });
  });
  if (!ok) throw new EventNotTaken(`${what}: it answered ${status}. ${text.slice(0, 500)}`);
}
