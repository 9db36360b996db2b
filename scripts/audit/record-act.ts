import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Audit } from "#stores/audit/audit.ts";
import { type Act, type Actor, type Recorder, recorderOf } from "#stores/audit/recorder.ts";

/** Who runs a command, for commands whose acts are recorded. */
export const actorSetting = { LAPSE_USER: z.string().min(1).max(100).optional() };

/** Records what a person does by a command. */
export function commandRecorder(audit: Pick<Audit, "append">, actor: Actor): Recorder {
  return recorderOf({ audit, actor, newId: randomUUID, now: Date.now });
}

/**
 * Adds what a person has just done to the audit, where it must not wait for the audit, as the revocation of a key must not.
 * Throws StoreUnavailable if it may not have been added.
 */
export async function recordAct(audit: Pick<Audit, "append">, act: Act, actor: Actor): Promise<void> {
  await audit.append({ id: randomUUID(), at: Date.now(), ...actor, ...act });
}
