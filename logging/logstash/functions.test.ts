import { describe, expect, it } from "vitest";
import { createLogger } from "#runtime/logging.ts";
import { readPipeline } from "../check/read-pipeline.ts";
import { runPipeline } from "../check/run-pipeline.ts";

const functions = await readPipeline("functions");
const kubernetes = {
  namespace: "lapse",
  labels: { app: "x" },
  pod: { name: "ingest-1", uid: "u" },
  container: { name: "user-container" },
  node: { name: "n1" },
};

function sent(message: string) {
  const event = { "@timestamp": "2026-11-23T10:00:05.000Z", message, log: { offset: 0 }, tags: ["t"], kubernetes };
  const [first] = runPipeline(functions, event);
  return first?.event;
}

const where = {
  "kubernetes.pod.name": "ingest-1",
  "kubernetes.container.name": "user-container",
  "kubernetes.node.name": "n1",
};

describe("the pipeline of function logs", () => {
  it("keeps what a function's logger writes, with the line's own time, and where it ran", () => {
    const lines: string[] = [];
    const now = () => Date.UTC(2026, 10, 23, 10);
    const logger = createLogger(
      { service: "ingest", level: "info", now },
      { stream: { write: (line) => void lines.push(line) }, friendly: false },
    );
    logger.warn({ "event.action": "append", error: new Error("full") }, "Could not store.");
    const [line = ""] = lines;
    expect(sent(line)).toEqual({ ...JSON.parse(line), ...where });
    expect(sent(line)).toMatchObject({ "@timestamp": "2026-11-23T10:00:00.000Z", message: "Could not store." });
  });

  it("keeps a line that is not JSON as it is", () => {
    const message = "FATAL ERROR: Reached heap limit";
    expect(sent(message)).toEqual({ "@timestamp": "2026-11-23T10:00:05.000Z", message, ...where });
  });
});
