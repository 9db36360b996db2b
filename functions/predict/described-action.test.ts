import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonSchemaOf } from "#runtime/openapi/json-schema.ts";
import { arbitraryOf, spoiled } from "#test/support/arbitrary-json.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { schemaCheck } from "#test/support/schema-check.ts";
import { parseInstance } from "./instance.ts";
import { instanceSchema } from "./instance-schema.ts";

const now = Date.now();
const manifest = exampleManifest();
// The last of them is anything, of which the fault is told.
const ways = instanceSchema.options.slice(0, -1).map((way) => jsonSchemaOf(way, "input"));
const checks = ways.map(schemaCheck);

/** Whether an instance is refused for another reason than the model's features, the user's days, or what is said in words of times and texts. */
function isRefused(instance: unknown): boolean {
  const read = parseInstance(instance, manifest, now);
  return (
    read.kind === "invalid" &&
    !/^(The vector has|features: |There is no action of the user's own)|timestamp is (more than a day|before 1970)|must hold no control/.test(
      read.error,
    )
  );
}

/** The instance with what is taken beyond the description put as the description has it. */
function asDescribed(instance: unknown): unknown {
  if (!isObject(instance) || !Array.isArray(instance.actions)) return instance;
  const at = typeof instance.at === "string" ? "2026-11-25" : instance.at;
  return { ...instance, at, actions: instance.actions.map((action) => (isObject(action) ? plainly(action) : action)) };
}

/** Other forms of times, flags and numbers, and texts with blanks around them. */
function plainly({ timestamp, passive, value, event_id, action, ...rest }: Record<string, unknown>) {
  const isWritten = (one: unknown) => typeof one === "string" || typeof one === "number";
  return {
    ...rest,
    timestamp: isWritten(timestamp) ? now : timestamp,
    passive: isWritten(passive) ? true : passive,
    value: typeof value === "string" ? 1 : value,
    event_id: event_id === "" ? undefined : event_id,
    action: typeof action === "string" ? action.trim() : action,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

it("the description of an instance in /openapi.json allows nothing that is refused, and forbids nothing that is taken but for other ways to write the same", () => {
  let [allowed, forbidden] = [0, 0];
  for (const way of ways) {
    for (const instance of fc.sample(fc.oneof(arbitraryOf(way), spoiled(arbitraryOf(way))), {
      seed: 20261126,
      numRuns: 1_000,
    })) {
      const isAllowed = checks.some((allows) => allows(instance));
      if (isAllowed) allowed += 1;
      else forbidden += 1;
      const { kind } = parseInstance(instance, manifest, now);
      const what = JSON.stringify(instance);
      if (isAllowed) expect(isRefused(instance), what).toBe(false);
      else if (kind !== "invalid")
        expect(
          checks.some((allows) => allows(asDescribed(instance))),
          what,
        ).toBe(true);
    }
  }
  expect(Math.min(allowed, forbidden)).toBeGreaterThan(500);
});
