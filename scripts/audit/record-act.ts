import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Audit, AuditEntry } from "#stores/audit/audit.ts";
import type { Actor } from "../terminal/actor.ts";

/** Who runs a command, for commands whose acts are recorded. */
export const actorSetting = { LAPSE_USER: z.string().min(1).max(100).optional() };

/** What a person did by a command. */
export type Act = Pick<AuditEntry, "action" | "target" | "reason" | "details">;

/** Adds what a person has just done to the audit. Throws StoreUnavailable if it may not have been added. */
export async function recordAct(audit: Pick<Audit, "append">, act: Act, actor: Actor): Promise<void> {
  await audit.append({ id: randomUUID(), at: Date.now(), ...actor, ...act });
}
