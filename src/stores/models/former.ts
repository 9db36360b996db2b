import type { AliasMove, AliasName } from "./model-store.ts";

/** The name in the history of moves that no person and no training made. */
export const standInMover = "lapse";

/**
 * The versions that an alias has pointed at, the last one first, by its moves, which are newest first. A version that the alias was
 * moved back from is left out: a fault must not put into service what a person took out of it.
 */
export function formerVersions(name: AliasName, moves: readonly AliasMove[]): string[] {
  let found: string[] = [];
  for (const { alias, from, to, by } of moves.toReversed()) {
    if (alias !== name || to === undefined) continue;
    // A version that was damaged did nothing wrong.
    const isBack = by !== standInMover && from !== to && found.includes(to);
    found = [...found.filter((version) => version !== to && !(isBack && version === from)), to];
  }
  return found.reverse();
}

/**
 * What to say where no version is in service although one was put there: neither it nor any that was there before can be read.
 * Undefined where none ever was.
 */
export function lostChampion(moves: readonly AliasMove[]): string | undefined {
  const last = moves.find(({ alias }) => alias === "champion");
  if (last === undefined) return undefined;
  const version =
    last.to === undefined
      ? "The version in service is not known, as its record"
      : `Version ${last.to}, which was in service,`;
  return `${version} cannot be read, and no version that served before can: no model is in service. Restore the files, or choose a version: lapse models promote VERSION`;
}
