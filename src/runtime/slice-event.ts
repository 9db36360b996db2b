import type { MadeKind, TypedEvent } from "./event-kind.ts";
import type { LapseEvent } from "./events.ts";
import type { LogFields } from "./logging.ts";
import { parseTraceparent, traceExtensions } from "./trace.ts";

/** What an event tells of a slice. */
export interface SliceData {
  /** The id of the run. */
  readonly run: string;
  /** Its number, from 0. */
  readonly slice: number;
}

/**
 * Sends an event for each of these slices of a run, in the trace of the event that led to them. May be repeated: a slice has one
 * id. `source` is that of the function, `fields` are those of its log entries about the event.
 */
export async function sendSlices<Type extends string>(
  kind: MadeKind<Type, SliceData>,
  { run, slices, source }: { readonly run: string; readonly slices: readonly number[]; readonly source: string },
  publish: (event: LapseEvent) => Promise<void>,
  from: { readonly event: LapseEvent; readonly fields: LogFields; readonly time: number },
): Promise<void> {
  const extensions = traceOf(from.event, from.fields);
  const time = new Date(from.time).toISOString();
  const events = slices.map(
    (slice): TypedEvent<Type, SliceData> => ({
      ...kind.make({ id: `${run}.${slice}`, source, time, data: { run, slice } }),
      ...(extensions && { extensions }),
    }),
  );
  for (let at = 0; at < events.length; at += sentAtATime)
    await Promise.all(events.slice(at, at + sentAtATime).map((event) => publish(event)));
}

/** A broker takes an event in a few milliseconds. */
const sentAtATime = 8;

/** The span in which an event was handled, as its log fields tell it; what else it says of the trace comes from the event. */
function traceOf({ extensions }: LapseEvent, fields: LogFields): ReturnType<typeof traceExtensions> | undefined {
  const [traceId, spanId] = [fields["trace.id"], fields["span.id"]];
  if (typeof traceId !== "string" || typeof spanId !== "string") return undefined;
  const parent = parseTraceparent(extensions?.traceparent, extensions?.tracestate);
  return traceExtensions({ traceId, spanId, flags: parent?.flags ?? "00", state: parent?.state });
}
