import * as z from "zod";
import { bucketCount, bucketOf } from "#churn/action.ts";
import type { BucketRange } from "#churn/buckets.ts";
import { changeDocument, type DocumentAddress, readDocument } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { stateIndex } from "./indices.ts";

// Why counts are right whichever runs overlap: docs/decisions/roll-up.md.

/** The number of parts; a part is the smallest unit of a run. */
export const partCount = 16;
const partBuckets = bucketCount / partCount;

/** The state of a part. */
export interface PartState {
  /** The number of the last run that began. */
  readonly run: number;
  /** The greatest number of a run that ended, and left nothing to be counted from before it. */
  readonly done: number;
  /** The number of the last run that changed user-days. */
  readonly changed: number;
  /** When the last complete roll-up began, in milliseconds: it counted everything that was ingested well before. By the clock that was behind, of its own and Elasticsearch's. */
  readonly watermark?: number | undefined;
}

/** Permission to write the user-days of some parts. Of two runs, the one with the greater number wins. */
export interface Run {
  readonly number: number;
  readonly parts: readonly number[];
  /** Whether every earlier run had ended, so that what is stored will not change. */
  readonly alone: boolean;
  /** The earliest watermark of the parts; undefined if one was never rolled up, or is not to be trusted. */
  readonly watermark: number | undefined;
  /** A later watermark is that of a clock that was ahead, in milliseconds. */
  readonly latestWatermark: number;
}

/** The parts that hold the buckets of a range. */
export function partsIn({ fromBucket = 0, beforeBucket = bucketCount }: BucketRange): number[] {
  const from = Math.floor(Math.max(0, fromBucket) / partBuckets);
  const before = Math.ceil(Math.min(bucketCount, beforeBucket) / partBuckets);
  return fromBucket < beforeBucket ? Array.from({ length: Math.max(0, before - from) }, (_, i) => from + i) : [];
}

export function partOf(bucket: number): number {
  return Math.floor(bucket / partBuckets);
}

/** The parts that hold these users. */
export function partsOf(userIds: readonly string[]): number[] {
  return [...new Set(userIds.map((userId) => partOf(bucketOf(userId))))];
}

/** Buckets that make up whole parts. */
export interface WholeParts {
  readonly fromBucket: number;
  readonly beforeBucket: number;
}

/** The buckets of the parts from `first` to `last`, inclusive. */
export function bucketsOf(first: number, last: number): WholeParts {
  return { fromBucket: first * partBuckets, beforeBucket: (last + 1) * partBuckets };
}

/** Begins a run of these parts, with a greater number than any before. `began` is in milliseconds. */
export async function beginRun(
  elasticsearch: Elasticsearch,
  parts: readonly number[],
  { began, latestWatermark = Number.POSITIVE_INFINITY }: { readonly began: number; readonly latestWatermark?: number },
): Promise<Run> {
  const before = await change(elasticsearch, (states) => {
    const number = nextNumber(states, parts, began);
    return states.map((state, part) => (parts.includes(part) ? { ...state, run: number } : state));
  });
  const mine = parts.map((part) => before[part] ?? untouched);
  return {
    number: nextNumber(before, parts, began),
    parts,
    alone: mine.every(({ run, done }) => run === done),
    watermark: watermarkOf(mine, latestWatermark),
    latestWatermark,
  };
}

interface RunEnd {
  /** Whether it counted everything new in its parts. */
  readonly rolledUp: boolean;
  readonly changed: boolean;
  /** Up to when it counted, in milliseconds; undefined if that is not known. */
  readonly watermark?: number | undefined;
}

/** Ends a run whose writes are visible to searches. */
export async function endRun(
  elasticsearch: Elasticsearch,
  { number, parts, alone, latestWatermark }: Run,
  { rolledUp, changed, watermark }: RunEnd,
): Promise<void> {
  await change(elasticsearch, (states) =>
    states.map((state, part) => {
      if (!parts.includes(part)) return state;
      return {
        run: state.run,
        done: rolledUp || alone ? Math.max(state.done, number) : state.done,
        // An earlier run that broke off may have changed something too.
        changed: changed || !alone ? Math.max(state.changed, number) : state.changed,
        watermark: watermark === undefined ? state.watermark : later(state.watermark, watermark, latestWatermark),
      };
    }),
  );
}

function later(before: number | undefined, watermark: number, latestWatermark: number): number {
  return before === undefined || before > latestWatermark ? watermark : Math.max(before, watermark);
}

/** The state of every part. */
export async function readParts(elasticsearch: Elasticsearch): Promise<readonly PartState[]> {
  return (await readDocument(elasticsearch, purpose, addressOn(elasticsearch), stateSchema))?.parts ?? nothingRun;
}

/**
 * The earliest watermark of these parts; undefined if one was never rolled up, or has a watermark later than `latest`, which is
 * that of a clock that was ahead.
 */
export function watermarkOf(parts: readonly PartState[], latest: number): number | undefined {
  if (parts.some(({ watermark = latest }) => watermark > latest)) return undefined;
  const earliest = Math.min(...parts.map(({ watermark }) => watermark ?? Number.NEGATIVE_INFINITY));
  return Number.isFinite(earliest) ? earliest : undefined;
}

/** At least the seconds since 1970, so that user-days that outlive their state, say in a backup, are of older runs. */
function nextNumber(states: readonly PartState[], parts: readonly number[], began: number): number {
  return Math.max(Math.floor(began / 1_000), ...parts.map((part) => 1 + (states[part]?.run ?? 0)));
}

/** Replaces the state. Returns the state before. */
async function change(
  elasticsearch: Elasticsearch,
  next: (states: readonly PartState[]) => readonly PartState[],
): Promise<readonly PartState[]> {
  const before = await changeDocument(elasticsearch, purpose, addressOn(elasticsearch), stateSchema, (there) => ({
    parts: next(there?.parts ?? nothingRun),
  }));
  return before?.parts ?? nothingRun;
}

const purpose = "keep the state of the roll-up";

function addressOn(elasticsearch: Elasticsearch): DocumentAddress {
  return { index: stateIndex(elasticsearch), id: "parts" };
}

const untouched: PartState = { run: 0, done: 0, changed: 0 };
const nothingRun: readonly PartState[] = Array.from({ length: partCount }, () => untouched);

const partSchema = z.object({ run: z.int(), done: z.int(), changed: z.int(), watermark: z.number().optional() });
const stateSchema = z.object({ parts: z.array(partSchema).length(partCount) });
