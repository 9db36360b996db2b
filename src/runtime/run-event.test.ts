import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { modelPromoted, trainPing } from "./event-kinds.ts";
import type { LapseEvent } from "./events.ts";
import { EventNotTaken } from "./failures.ts";
import { eventMetrics } from "./metrics/events.ts";
import { runEvent } from "./run-event.ts";

let folder: string;
let file: string;
let status = 202;
let taken: { headers: IncomingHttpHeaders; body: unknown }[] = [];

const server = createServer(async (request, response) => {
  taken.push({ headers: request.headers, body: await json(request) });
  response.writeHead(status).end(status === 202 ? "" : "there is no such broker");
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-run-event-"));
  file = join(folder, "event");
  status = 202;
  taken = [];
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const ping = { specversion: "1.0", type: trainPing.type, source: "/ping", id: "p1", lapsejob: "train" };

async function run(event: unknown, answer: LapseEvent | undefined): Promise<LapseEvent[]> {
  await writeFile(file, typeof event === "string" ? event : JSON.stringify(event));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const handled: LapseEvent[] = [];
  await runEvent({
    name: "train",
    file,
    handle: async (one) => {
      handled.push(one);
      return answer;
    },
    broker: `http://127.0.0.1:${port}/lapse/default`,
    token: async () => "a-token",
    events: eventMetrics(new Registry()),
    logger: pino({ level: "silent" }),
  });
  return handled;
}

const promoted: LapseEvent = { id: "v1", source: "/lapse/train", type: modelPromoted.type, data: { auc: 0.8 } };

describe("one event, from a file", () => {
  it("is handled with its extensions, and what follows is sent to the broker", async () => {
    const { specversion: _, lapsejob, ...attributes } = ping;
    expect(await run(ping, promoted)).toEqual([{ ...attributes, extensions: { lapsejob } }]);
    expect(taken).toMatchObject([
      {
        headers: { "ce-type": modelPromoted.type, "ce-id": "v1", authorization: "Bearer a-token" },
        body: { auc: 0.8 },
      },
    ]);
  });

  it("hands its trace on to what follows", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    await run({ ...ping, traceparent: `00-${traceId}-b7ad6b7169203331-01` }, promoted);
    expect(taken[0]?.headers["ce-traceparent"]).toMatch(
      new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`),
    );
  });

  it("is all there is when nothing follows", async () => {
    await run(ping, undefined);
    expect(taken).toEqual([]);
  });

  it("fails when the broker does not take what follows, so that it is done again", async () => {
    status = 404;
    const failed = run(ping, promoted);
    await expect(failed).rejects.toThrow(EventNotTaken);
    await expect(failed).rejects.toThrow(/dev\.lapse\.model\.promoted .*answered 404\. there is no such broker/);
  });

  it.each([["{"], [{ type: "x" }]])("refuses a file that holds no event: %j", async (content) => {
    await expect(run(content, undefined)).rejects.toThrow(InvalidInput);
  });
});
