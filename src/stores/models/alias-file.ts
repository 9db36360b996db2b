import * as z from "zod";
import { evidenceSchema } from "#churn/gate/evidence.ts";
import { AliasMoved, DamagedAlias } from "./failures.ts";
import type { Alias, AliasMove, AliasName, MoveNote } from "./model-store.ts";

/** An alias as stored, without its revision: the last move, which says where it points now. */
export const aliasFile = z.object({
  version: z.string(),
  /** The version to roll back to. */
  previous: z.string().optional(),
  movedAt: z.string(),
  /** The version it pointed at until this move. Moves from before they were recorded lack this and what follows. */
  from: z.string().optional(),
  by: z.string().optional(),
  reason: z.string().optional(),
  evidence: evidenceSchema.optional(),
});
export type AliasFile = z.infer<typeof aliasFile>;

/** A move that is to be made. */
export interface Move extends MoveNote {
  readonly version: string;
  readonly movedAt: string;
}

/** The alias after a move from where it is now. */
export function moved(current: Alias | undefined, { version, movedAt, by, reason, evidence }: Move): AliasFile {
  // Moving to the same version again must not lose the one to roll back to.
  const previous = current?.version === version ? current.previous : current?.version;
  return {
    version,
    movedAt,
    ...(previous !== undefined && { previous }),
    ...(current !== undefined && { from: current.version }),
    by,
    reason,
    ...(evidence !== undefined && { evidence }),
  };
}

/** Where the alias points after the move that the file tells of. */
export function aliasIn({ version, previous, movedAt }: AliasFile, revision: string): Alias {
  return { version, ...(previous !== undefined && { previous }), movedAt, revision };
}

/** The move that the file tells of. */
export function moveIn(alias: AliasName, file: AliasFile): AliasMove {
  const { version, movedAt, previous, from = previous, by = "unknown", reason = "", evidence } = file;
  return { alias, at: movedAt, from, to: version, by, reason, ...(evidence !== undefined && { evidence }) };
}

/** A move whose record cannot be read: that there was one is known, and which came before and after it. */
export function unreadableMove(alias: AliasName): AliasMove {
  return { alias, at: undefined, from: undefined, to: undefined, by: "unknown", reason: "its record cannot be read" };
}

/** All moves, newest first; given those of each alias, newest first. One that cannot be read stays right after the one before it. */
export function newestFirst(aliases: readonly (readonly AliasMove[])[]): AliasMove[] {
  const timed = aliases.flatMap((moves) => {
    let time = 0;
    return moves
      .toReversed()
      .map((move) => {
        if (move.at !== undefined) time = Date.parse(move.at);
        return { move, time };
      })
      .reverse();
  });
  return timed.sort((a, b) => b.time - a.time).map(({ move }) => move);
}

/** Says that the alias at the revision `expected` is damaged, which does not keep it from being moved. Throws any other error. */
export function damaged(error: unknown, expected: string | undefined): "damaged" {
  if (error instanceof DamagedAlias && error.revision === expected) return "damaged";
  throw error;
}

/** Undefined in place of what is damaged. Throws any other error. */
export function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof DamagedAlias)) throw error;
}

export function aliasMoved(version: string): AliasMoved {
  return new AliasMoved(`Could not point the alias at ${version}: someone else moved it in the meantime`);
}
