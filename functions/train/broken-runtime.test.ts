import { expect, it, vi } from "vitest";
import { trainPing } from "#runtime/event-kinds.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { handle } from "./function.ts";

vi.mock("onnxruntime-node", () => {
  throw new Error("the library is not for this system");
});

it("finds out that ONNX Runtime does not load before it reads and learns", async () => {
  const read: string[] = [];
  const models: Pick<ModelStore, "alias" | "history" | "versions"> = {
    alias: async () => undefined,
    history: async () => [],
    versions: async () => [],
  };
  const definition = { churn: { churnDays: 10, leadDays: 0, observeDays: 20 }, actions: ["read"] };
  const services = {
    models: models as ModelStore,
    features: {
      currentSet: async () => ({ id: "set", snapshot: 1, definition, populations: [], names: [], complete: true }),
    },
    actions: {
      async extent() {
        read.push("extent");
        return undefined;
      },
      histories() {
        throw new Error("unused");
      },
    },
    now: () => 0,
  };
  const time = "2024-07-01T02:30:00Z";
  const event = trainPing.make({ id: "1", source: "/pingsources/train", time, data: { through: "yesterday" } });
  const failure: unknown = await handle(event, services).catch((error: unknown) => error);
  // Vitest wraps what a mock throws.
  expect((failure as Error).cause).toMatchObject({ message: "the library is not for this system" });
  expect(read).toEqual([]);
});
