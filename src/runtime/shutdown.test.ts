import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { endOnUncaught } from "./begin.ts";
import { createLogger } from "./logging.ts";
import { type ShutdownStep, stopOnSignals } from "./shutdown.ts";

describe("stopOnSignals", () => {
  it.each(["SIGTERM", "SIGINT"])("runs the steps in order on %s and exits with 0", async (signal) => {
    const done: string[] = [];
    const step = (name: string, milliseconds: number) => ({
      name,
      stop: async () => {
        await delay(milliseconds);
        done.push(name);
      },
    });
    const process = stopping([step("server", 20), step("stores", 0)]);
    process.emit(signal);
    expect(await process.exited()).toBe(0);
    expect(done).toEqual(["server", "stores"]);
  });

  it("closes the stores although the server failed to stop, and exits with 1", async () => {
    const done: string[] = [];
    const process = stopping([
      { name: "server", stop: () => Promise.reject(new Error("stuck")) },
      { name: "stores", stop: async () => void done.push("stores") },
    ]);
    process.emit("SIGTERM");
    expect(await process.exited()).toBe(1);
    expect(done).toEqual(["stores"]);
  });

  it("does not wait longer than the limit", async () => {
    const process = stopping([{ name: "server", stop: () => new Promise(() => {}) }], 10);
    process.emit("SIGTERM");
    expect(await process.exited()).toBe(1);
  });

  it("exits at once on a second signal", async () => {
    const process = stopping([{ name: "server", stop: () => new Promise(() => {}) }]);
    process.emit("SIGINT");
    process.emit("SIGINT");
    expect(await process.exited()).toBe(1);
  });
});

describe("endOnUncaught", () => {
  it("lets a failure speak for itself and shows the stack of a defect", async () => {
    const lines: string[] = [];
    const logger = createLogger(
      { service: "test", level: "info" },
      { stream: { write: (line) => void lines.push(line) }, friendly: false },
    );
    for (const error of [new InvalidInput("The database is in use."), new TypeError("defect")]) {
      const process = new FakeProcess();
      endOnUncaught(logger, process);
      process.emit("uncaughtException", error);
      expect(await process.exited()).toBe(1);
    }
    const [failure, defect] = lines.map((line) => JSON.parse(line));
    expect(failure).toMatchObject({ "log.level": "fatal", message: "The database is in use." });
    expect(failure).not.toHaveProperty("error");
    expect(defect.error).toMatchObject({ type: "TypeError", message: "defect" });
  });
});

class FakeProcess extends EventEmitter {
  #code: number | undefined;

  exit(code: number): void {
    this.#code ??= code;
    this.emit("exited");
  }

  async exited(): Promise<number | undefined> {
    if (this.#code === undefined) await once(this, "exited");
    return this.#code;
  }
}

function stopping(steps: readonly ShutdownStep[], limitMilliseconds = 60_000): FakeProcess {
  const process = new FakeProcess();
  stopOnSignals({ steps, limitMilliseconds, logger: createLogger({ service: "test", level: "silent" }), process });
  return process;
}
