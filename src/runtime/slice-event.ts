import type { MadeKind } from "./event-kind.ts";
import type { LapseEvent } from "./events.ts";

/** What an event tells of a slice. */
export interface SliceData {
  /** The id of the run. */
  readonly run: string;
  /** Its number, from 0. */
  readonly slice: number;
}

export interface SentSlices {
  /** The id of the run. */
  readonly run: string;
  readonly slices: readonly number[];
  /** Of the function that sends them. */
  readonly source: string;
  /** In milliseconds since the epoch. */
  readonly time: number;
}

/** Sends an event for each of these slices of a run. May be repeated: a slice has one id. */
export async function sendSlices<Type extends string>(
  kind: MadeKind<Type, SliceData>,
  { run, slices, source, time }: SentSlices,
  publish: (event: LapseEvent) => Promise<void>,
): Promise<void> {
  const sentAt = new Date(time).toISOString();
  const events = slices.map((slice) =>
    kind.make({ id: `${run}.${kind.type}.${slice}`, source, time: sentAt, data: { run, slice } }),
  );
  for (let at = 0; at < events.length; at += sentAtATime)
    await Promise.all(events.slice(at, at + sentAtATime).map((event) => publish(event)));
}

/** A broker takes an event in a few milliseconds. */
const sentAtATime = 8;
