import type { Commit, Trailer } from "./commit.ts";

/** Something that one person did, as one commit shows it. */
export interface Act {
  readonly action: string;
  /** As .mailmap has it, in lower case. */
  readonly email: string;
  readonly time: number;
  /** Unique to the act: of the commit and the place in it, so that a later change of .mailmap does not double it. */
  readonly id: string;
}

const actionOf: ReadonlyMap<string, string> = new Map([
  ["acked-by", "ack"],
  ["co-authored-by", "co_author"],
  ["helped-by", "help"],
  ["mentored-by", "mentor"],
  ["reported-by", "report"],
  ["reported-and-tested-by", "test"],
  ["reviewed-by", "review"],
  ["signed-off-by", "sign_off"],
  ["suggested-by", "suggest"],
  ["tested-by", "test"],
]);

/** Trailers that tell of an action. */
export function actingTrailers(commit: Commit): readonly Trailer[] {
  return commit.trailers.filter(({ key }) => actionOf.has(key));
}

/**
 * What a commit shows that people did: its author committed or merged, and the people in its trailers reviewed, tested
 * and so on, each kind once. An author's own sign-off or co-authorship is no second action. Trailers count at the
 * commit date, which is nearer to them than the author date of a patch that waited.
 */
export function actsOf(commit: Commit, mapped: (trailer: Trailer) => string): Act[] {
  const author = commit.authorEmail.toLowerCase();
  const action = commit.isMerge ? "merge" : "commit";
  const acts: Act[] = [{ action, email: author, time: commit.authorTime, id: `git:${commit.hash}` }];
  const seen = new Set<string>();
  commit.trailers.forEach((trailer, index) => {
    const action = actionOf.get(trailer.key);
    if (action === undefined) return;
    const email = mapped(trailer).toLowerCase();
    if (email === author && (action === "sign_off" || action === "co_author")) return;
    if (seen.has(`${action} ${email}`)) return;
    seen.add(`${action} ${email}`);
    acts.push({ action, email, time: commit.commitTime, id: `git:${commit.hash}:${index}` });
  });
  return acts;
}
