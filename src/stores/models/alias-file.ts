import * as z from "zod";
import { AliasMoved } from "./failures.ts";
import type { Alias } from "./model-store.ts";

/** An alias as stored, without its revision. */
export const aliasFile = z.object({ version: z.string(), previous: z.string().optional(), movedAt: z.string() });
type AliasFile = z.infer<typeof aliasFile>;

export type AliasMove = Pick<Alias, "version" | "movedAt">;

/** The alias after a move from where it is now. */
export function moved(current: Alias | undefined, move: AliasMove): AliasFile {
  // Moving to the same version again must not lose the one to roll back to.
  const previous = current?.version === move.version ? current.previous : current?.version;
  return { ...move, ...(previous === undefined ? {} : { previous }) };
}

export function aliasMoved(version: string): AliasMoved {
  return new AliasMoved(`Could not point the alias at ${version}: someone else moved it in the meantime`);
}
