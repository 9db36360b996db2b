import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { RunningProgram } from "#test/support/running-program.ts";
import type { Answer } from "./by-second.ts";

/** What test/load/lapse.k6.js does: send actions, and ask for predictions. */
export const kinds = ["send", "ask"] as const;
export type Kind = (typeof kinds)[number];

export interface K6Run {
  /** Requests answered with 200; `at` in milliseconds since the epoch. */
  readonly answers: Readonly<Record<Kind, readonly Answer[]>>;
  /** Requests answered otherwise or not at all: how often each status or error came. */
  readonly failures: ReadonlyMap<string, number>;
  /** Requests that could not be sent in time, because all callers waited. */
  readonly late: number;
}

const requestSchema = z.object({
  type: z.literal("Point"),
  metric: z.literal("http_req_duration"),
  data: z.object({
    time: z.iso.datetime({ offset: true }),
    value: z.number(),
    tags: z.object({ scenario: z.enum(kinds), status: z.string(), error: z.string().optional() }),
  }),
});
const lateSchema = z.object({
  type: z.literal("Point"),
  metric: z.literal("dropped_iterations"),
  data: z.object({ value: z.number() }),
});

const metrics = ['"http_req_duration"', '"dropped_iterations"'];

/** Runs test/load/lapse.k6.js with settings (docs/load.md) by the program `k6`, and reads every point that it writes. */
export async function runK6(k6: string, settings: Readonly<Record<string, string>>): Promise<K6Run> {
  const folder = await mkdtemp(join(tmpdir(), "lapse-k6-"));
  try {
    const out = join(folder, "points.json");
    const named = Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const program = new RunningProgram(k6, [
      "run",
      "--no-usage-report",
      "--quiet",
      "--out",
      `json=${out}`,
      ...named,
      "test/load/lapse.k6.js",
    ]);
    const status = await program.ended;
    // 99: a threshold was crossed, which is what is looked for.
    if (status !== 0 && status !== 99) throw new Error(`k6 ended with ${status}: ${program.messages.join("\n")}`);
    return await readPoints(out);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readPoints(path: string): Promise<K6Run> {
  const answers: Record<Kind, Answer[]> = { send: [], ask: [] };
  const failures = new Map<string, number>();
  let late = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    // There are a dozen other metrics of each request, and to parse them all takes as long as to send it.
    if (!metrics.some((metric) => line.includes(metric))) continue;
    const read: unknown = JSON.parse(line);
    const request = requestSchema.safeParse(read);
    if (request.success) {
      const { time, value, tags } = request.data.data;
      if (tags.status === "200") answers[tags.scenario].push({ at: Date.parse(time), milliseconds: value });
      else failures.set(nameOf(tags), (failures.get(nameOf(tags)) ?? 0) + 1);
    } else late += lateSchema.safeParse(read).data?.data.value ?? 0;
  }
  return { answers, failures, late };
}

function nameOf({ scenario, status, error }: z.infer<typeof requestSchema>["data"]["tags"]): string {
  return `${scenario}: ${status === "0" ? (error ?? "no answer") : status}`;
}
