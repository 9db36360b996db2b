import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { createLogger, traceFields } from "./logging.ts";

const now = () => Date.UTC(2024, 2, 1, 12, 30, 15);

describe("createLogger", () => {
  it("writes Elastic Common Schema field names", () => {
    const { logger, lines } = lineLogger({ friendly: false });
    logger.info({ "event.action": "start", "trace.id": "abc" }, "Started.");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        "@timestamp": "2024-03-01T12:30:15.000Z",
        "log.level": "info",
        "ecs.version": "8.17.0",
        "service.name": "lapse-test",
        "event.action": "start",
        "trace.id": "abc",
        message: "Started.",
      },
    ]);
  });

  it("writes an error with its type, message, stack and causes", () => {
    const { logger, lines } = lineLogger({ friendly: false });
    logger.error({ error: new InvalidInput("bad input", { cause: new Error("deeper") }) }, "Failed.");
    const { error } = JSON.parse(lines[0]!);
    expect(error).toMatchObject({ type: "InvalidInput", message: "bad input" });
    expect(error.stack_trace).toMatch(/bad input[\s\S]*Caused by: Error: deeper/);
  });

  it("leaves out what is below its level", () => {
    const { logger, lines } = lineLogger({ friendly: false, level: "warn" });
    logger.info("unheard");
    expect(lines).toEqual([]);
  });

  it("writes one plain line for a person", () => {
    const { logger, lines } = lineLogger({ friendly: true });
    logger.info({ "server.port": 8080 }, "Listening.");
    logger.warn({ error: new Error("disk full") }, "Could not write");
    expect(lines.map(plain)).toEqual([
      "12:30:15 Listening. server.port=8080\n",
      "12:30:15 warning Could not write: disk full\n",
    ]);
  });

  it("shows a person where an error came from", () => {
    const { logger, lines } = lineLogger({ friendly: true });
    logger.error({ error: new Error("boom") }, "Failed.");
    expect(plain(lines[0]!)).toMatch(/^12:30:15 error Failed\.\nError: boom\n {4}at /);
  });
});

describe("traceFields", () => {
  it("takes trace and span from a traceparent", () => {
    const id = "0af7651916cd43dd8448eb211c80319c";
    expect(traceFields(`00-${id}-b7ad6b7169203331-01`)).toEqual({ "trace.id": id, "span.id": "b7ad6b7169203331" });
  });

  it.each([undefined, "", "00-short-b7ad6b7169203331-01", "x".repeat(55)])("finds none in %j", (header) => {
    expect(traceFields(header)).toEqual({});
  });
});

function lineLogger({ friendly, level = "info" }: { friendly: boolean; level?: string }) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  return { logger: createLogger({ service: "lapse-test", level, now }, { stream, friendly }), lines };
}

/** Without colours. */
function plain(line: string): string {
  return line.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g"), "");
}
