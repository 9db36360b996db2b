import { appendFileSync, copyFileSync, renameSync, truncateSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunningProgram } from "#test/support/running-program.ts";
import { BeatsReceiver } from "../check/beats-receiver.ts";
import type { Fields } from "../check/event.ts";
import { itemsOf } from "../check/items-of.ts";
import { readPipeline } from "../check/read-pipeline.ts";
import { RealIngest } from "../check/real-ingest.ts";

const filebeat = process.env.FILEBEAT ?? "";
const config = fileURLToPath(new URL("./filebeat.yml", import.meta.url));
const pipeline = await readPipeline("actions");

/** A file that an application writes. Each user's actions are in one file only. */
class LogFile {
  readonly path: string;
  /** The number of each user's actions in it. */
  readonly actions = new Map<string, number>();
  readonly #lineOf: (user: string) => string;
  #rotations = 0;

  constructor(path: string, lineOf: (user: string) => string) {
    this.path = path;
    this.#lineOf = lineOf;
  }

  write(): void {
    const user = `${basename(this.path)}-${this.actions.size}`;
    const line = this.#lineOf(user);
    // Sometimes the same line twice, as in an access log with two equal requests in one second.
    const copies = this.actions.size % 20 === 0 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) appendFileSync(this.path, line);
    // Lines with the same id are the same action.
    this.actions.set(user, line.includes("event.id") ? 1 : copies);
  }

  get newestUser(): string {
    return `${basename(this.path)}-${this.actions.size - 1}`;
  }

  rename(): void {
    renameSync(this.path, this.#nextName());
  }

  /** Copies and truncates with no write in between: any program that reads files would lose such a write. */
  copyAndTruncate(): void {
    copyFileSync(this.path, this.#nextName());
    truncateSync(this.path, 0);
  }

  #nextName(): string {
    return `${this.path}.${++this.#rotations}`;
  }
}

describe("Filebeat on files that are rotated, copied and truncated", () => {
  let folder: string;
  let ingest: RealIngest;
  let receiver: BeatsReceiver;
  let running: RunningProgram;
  let isLosingAnswer = false;
  const received = { events: 0, duplicates: 0, crashes: 0 };
  /** Ids of the actions, and the users, that ingest has received. */
  const stored = new Set<unknown>();
  const users = new Set<unknown>();

  beforeAll(async () => {
    if (filebeat === "") throw new Error("FILEBEAT must name Filebeat's program: nothing was tested.");
    folder = await mkdtemp(join(tmpdir(), "lapse-filebeat-"));
    for (const name of ["actions", "access"]) await mkdir(join(folder, name));
    ingest = await RealIngest.start();
    receiver = await BeatsReceiver.start(folder, take);
    running = startFilebeat();
  });

  afterAll(async () => {
    await running?.end("SIGKILL");
    await receiver?.close();
    await ingest?.remove();
    await rm(folder, { recursive: true });
  });

  it("brings every line to ingest once although Filebeat and the receiver are killed meanwhile", async () => {
    const files = [
      new LogFile(join(folder, "actions", "id.log"), (user) => ecsLine(user, { "event.id": `id of ${user}` })),
      new LogFile(join(folder, "actions", "plain.log"), (user) => ecsLine(user, {})),
      new LogFile(join(folder, "access", "access.log"), accessLine),
    ];
    const writing = setInterval(() => {
      for (const file of files) for (let line = 0; line < 3; line++) file.write();
    }, 10);

    for (let round = 0; round < 3; round++) {
      await seconds(2);
      for (const file of files) file.rename();
      await seconds(2);
      await killFilebeat();
      await seconds(0.5);
      running = startFilebeat();
      await seconds(2);
      // If a file is truncated before Filebeat has read much of it, new content may outgrow that position unnoticed.
      const written = files.map(({ newestUser }) => newestUser);
      await expect.poll(() => written.filter((user) => !users.has(user))).toEqual([]);
      for (const file of files) file.copyAndTruncate();
      await seconds(1);
      isLosingAnswer = true;
      await seconds(2);
      // While nothing reads. It is renamed at once, so that the new file does not outgrow what was read of the old one.
      await killFilebeat();
      for (const file of files) file.rename();
      await seconds(1);
      running = startFilebeat();
    }
    await seconds(2);
    clearInterval(writing);

    const all = files.flatMap(({ actions }) => [...actions]);
    const lines = all.reduce((sum, [, count]) => sum + count, 0);
    await expect.poll(() => stored.size).toBeGreaterThanOrEqual(lines);
    await seconds(3);
    const histories = await ingest.stored();
    const counts = histories.map(
      ({ userId, days }) => [userId, days.reduce((sum, { count }) => sum + count, 0)] as const,
    );
    const missing = all.filter(([user]) => !histories.some(({ userId }) => userId === user));
    expect(missing).toEqual([]);
    expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(all));

    console.log({ lines, ...received });
    // The test proves something only if lines were delivered again.
    expect(received.crashes).toBe(3);
    expect(received.duplicates).toBeGreaterThan(100);
    expect(lines).toBeGreaterThan(10_000);
  });

  function startFilebeat(): RunningProgram {
    const paths = ["--path.data", join(folder, "data"), "--path.logs", join(folder, "logs")];
    const settings = ["--strict.perms=false", "-E", "setup.template.enabled=false"];
    return new RunningProgram(filebeat, ["-e", "-c", config, ...paths, ...settings], {
      ACTION_LOGS: join(folder, "actions", "*.log*"),
      ACCESS_LOGS: join(folder, "access", "*.log*"),
      LOGSTASH_BEATS: receiver.address,
    });
  }

  async function killFilebeat(): Promise<void> {
    await running.end("SIGKILL");
  }

  /** Stands in for Logstash: its filters as we read them, and its output, which sends until it succeeds. */
  async function take(batch: readonly Fields[]): Promise<"acknowledge" | "crash"> {
    const items = batch.flatMap((event) => itemsOf(pipeline, event));
    const headers = { "content-type": "application/json" };
    const answer = await fetch(ingest.url, { method: "POST", headers, body: JSON.stringify(items) });
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
    received.events += batch.length;
    for (const { event_id: id, user_id: user } of items) {
      if (stored.has(id)) received.duplicates++;
      stored.add(id);
      users.add(user);
    }
    if (!isLosingAnswer) return "acknowledge";
    isLosingAnswer = false;
    received.crashes++;
    return "crash";
  }
});

function ecsLine(user: string, more: object): string {
  const action = { "event.dataset": "lapse.actions", "event.action": "view", "user.id": user, ...more };
  return `${JSON.stringify({ "@timestamp": new Date().toISOString(), ...action })}\n`;
}

function accessLine(user: string): string {
  const [, month, day, year, time] = /^\w+ (\w+) (\d+) (\d+) ([\d:]+)/.exec(new Date().toString()) ?? [];
  const zone = /GMT([+-]\d{4})/.exec(new Date().toString())?.[1];
  return `10.0.0.7 - ${user} [${day}/${month}/${year}:${time} ${zone}] "GET /products/17 HTTP/1.1" 200 512 "-" "curl/8"\n`;
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
