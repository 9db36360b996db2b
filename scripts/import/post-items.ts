import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { bearer } from "#runtime/bearer.ts";
import { isPassing } from "#stores/connections/elasticsearch/retry.ts";
import { contradiction } from "../log/ingest-log.ts";
import type { LogItem } from "../log/log.ts";
import { ServerUnavailable } from "./failures.ts";

export interface PostOptions {
  readonly endpoint: URL;
  /** Shown to a lapse that asks for one. */
  readonly key?: string | undefined;
  /** Resolves after the given milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Whether a server that does not answer at all is given time to come back. */
  readonly isPatient: boolean;
}

export interface PostReport {
  readonly created: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** By position among the items; the server lists only the first of very many. */
  readonly rejections: readonly { readonly index: number; readonly reason: string }[];
}

/** Sends of one batch, the first included; with `backoff` they span about half a minute. */
const mostAttempts = 7;
const attemptTimeout = 60_000;

/**
 * Sends a batch as NDJSON. What the server cannot take now (429, 502, 503, 504, no answer) is sent again, with growing
 * pauses: ingest is idempotent. A batch too large for it is sent in halves. Throws ServerUnavailable when that does
 * not help, and InvalidInput when the server will not take the request at all.
 */
export async function postItems(items: readonly LogItem[], options: PostOptions): Promise<PostReport> {
  const body = items.map((item) => JSON.stringify(item)).join("\n");
  let created = 0;
  for (let attempt = 1; ; attempt++) {
    const answer = await post(body, options);
    // A partly stored batch is answered with 503: what was new then is a duplicate when it is sent again.
    created += answer.report?.created ?? 0;
    if (answer.report !== undefined && (answer.status === 200 || answer.status === 400))
      return reportOf(answer.report, created);
    if (answer.status === 413) return inHalves(items, options);
    if (answer.status !== undefined && !isPassing(answer.status))
      throw new InvalidInput(`${options.endpoint} refused the actions: ${answer.text}`);
    if (attempt === mostAttempts || (answer.status === undefined && !options.isPatient))
      throw new ServerUnavailable(`${options.endpoint} cannot take the actions: ${answer.text}`);
    await options.wait(answer.retryAfter ?? backoff(attempt, options.random));
  }
}

interface Answer {
  /** Undefined when there was none. */
  readonly status: number | undefined;
  readonly report?: z.infer<typeof reportSchema> | undefined;
  /** What the server said, for people. */
  readonly text: string;
  /** Milliseconds. */
  readonly retryAfter?: number | undefined;
}

const reportSchema = z.object({
  accepted: z.int(),
  created: z.int(),
  duplicates: z.int(),
  rejected: z.array(z.object({ index: z.int(), field: z.string().optional(), error: z.string() })),
  rejected_total: z.int(),
  contradictions: z.array(z.int()).default([]),
  contradictions_total: z.int().default(0),
});

const errorSchema = z.object({ error: z.string() });

async function post(body: string, { endpoint, key }: PostOptions): Promise<Answer> {
  try {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson", ...bearer(key) },
      body,
      signal: AbortSignal.timeout(attemptTimeout),
    });
    const json = parseJson(await response.text());
    const said = errorSchema.safeParse(json).data?.error ?? "";
    return {
      status: response.status,
      report: reportSchema.safeParse(json).data,
      text: `${response.status} ${said}`.trim(),
      retryAfter: secondsOf(response.headers.get("retry-after")),
    };
  } catch (error) {
    return { status: undefined, text: describeNoAnswer(error) };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describeNoAnswer(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer within a minute";
  const cause = error instanceof Error ? error.cause : undefined;
  const code = z.object({ code: z.string() }).safeParse(cause).data?.code;
  return code === "ECONNREFUSED"
    ? "nothing answers there; is lapse running?"
    : `no answer (${code ?? "unknown error"})`;
}

/** Half a second, doubled with each attempt up to 10 s, and up to half as much again so that senders spread out. */
function backoff(attempt: number, random: () => number): number {
  return Math.min(10_000, 500 * 2 ** (attempt - 1)) * (1 + random() / 2);
}

const longestWait = 30;

/** Retry-After in seconds, as milliseconds; its other form, a date, is not used by lapse. */
function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? 1000 * Math.min(longestWait, Number(header)) : undefined;
}

async function inHalves(items: readonly LogItem[], options: PostOptions): Promise<PostReport> {
  if (items.length <= 1)
    return {
      created: 0,
      duplicates: 0,
      rejected: items.length,
      rejections: [{ index: 0, reason: "is too large for the server" }],
    };
  const middle = Math.ceil(items.length / 2);
  const left = await postItems(items.slice(0, middle), options);
  const right = await postItems(items.slice(middle), options);
  return {
    created: left.created + right.created,
    duplicates: left.duplicates + right.duplicates,
    rejected: left.rejected + right.rejected,
    rejections: [
      ...left.rejections,
      ...right.rejections.map(({ index, reason }) => ({ index: index + middle, reason })),
    ],
  };
}

function reportOf(report: z.infer<typeof reportSchema>, created: number): PostReport {
  const contradicting = report.contradictions.map((index) => ({ index, reason: contradiction }));
  return {
    created,
    duplicates: report.accepted - created - report.contradictions_total,
    rejected: report.rejected_total + report.contradictions_total,
    rejections: [
      ...report.rejected.map(({ index, field, error }) => ({ index, reason: `${field ?? "the row"} ${error}` })),
      ...contradicting,
    ],
  };
}
