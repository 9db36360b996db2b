import * as z from "zod";
import type { OwnHistory } from "./history.ts";

/** What functions have recorded of themselves, as tools read it. */
export const shownHistory = z.object({
  runs: z.array(
    z.object({
      ended_at: z.iso.datetime(),
      function: z.string(),
      event: z.string().describe("The type of the event that it was for."),
      failed: z.boolean(),
      seconds: z.number().optional(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
  drift: z.array(
    z.object({
      measured_at: z.iso.datetime(),
      version: z.string(),
      probability: z.number().optional().describe("Population stability index; from 0.25 on, look into it."),
      features: z.record(z.string(), z.number()).describe("Of those that have drifted most."),
    }),
  ),
  imports: z.array(
    z.object({
      ended_at: z.iso.datetime(),
      name: z.string(),
      created: z.int(),
      known: z.int(),
      rejected: z.record(z.string(), z.int()).describe("Lines that were left out, by the reason."),
    }),
  ),
  rejected: z.record(z.string(), z.int()).describe("Actions refused in 30 days, by the field that was wrong."),
});

export function historyShown({ runs, imports, drift, rejected }: OwnHistory): z.input<typeof shownHistory> {
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
  return {
    runs: runs.map(({ at, name, cause, hasFailed, seconds, details }) => ({
      ended_at: iso(at),
      function: name,
      event: cause,
      failed: hasFailed,
      seconds,
      details,
    })),
    drift: drift.map(({ at, version, probability, features }) => ({
      measured_at: iso(at),
      version,
      probability,
      features: Object.fromEntries(features),
    })),
    imports: imports.map(({ at, rejected: left, ...one }) => ({
      ...{ ended_at: iso(at), ...one, rejected: Object.fromEntries(left) },
    })),
    rejected: Object.fromEntries(rejected),
  };
}
