/** A person as a trailer or a commit names them. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Trailer extends Person {
  /** In lower case: `reviewed-by`. */
  readonly key: string;
}

export interface Commit {
  readonly hash: string;
  readonly isMerge: boolean;
  /** As .mailmap has it. */
  readonly authorEmail: string;
  /** Milliseconds since the epoch; NaN when the commit has none. */
  readonly authorTime: number;
  readonly commitTime: number;
  /** Those that name a person with an e-mail address. */
  readonly trailers: readonly Trailer[];
}

/** For git log -z: the fields of `parseCommit`. */
export const commitFormat = "--format=%H%x1f%P%x1f%aE%x1f%at%x1f%ct%x1f%(trailers:only,unfold,separator=%x1d)";

/** A commit as `commitFormat` writes it. */
export function parseCommit(record: string): Commit {
  const [hash = "", parents = "", authorEmail = "", authorTime, commitTime, trailers = ""] = record.split("\x1f");
  return {
    hash,
    isMerge: parents.includes(" "),
    authorEmail,
    authorTime: milliseconds(authorTime),
    commitTime: milliseconds(commitTime),
    trailers: trailers.split("\x1d").flatMap(parseTrailer),
  };
}

function milliseconds(seconds: string | undefined): number {
  return seconds ? Number(seconds) * 1000 : Number.NaN;
}

/** `Reviewed-by: A B <a@b.org>`, with any text after the address. */
function parseTrailer(line: string): Trailer[] {
  const [, key, name, email] = /^([A-Za-z-]+)\s*:\s*([^<>]*)<([^<>\s]+@[^<>\s]+)>/.exec(line) ?? [];
  return key === undefined || name === undefined || email === undefined
    ? []
    : [{ key: key.toLowerCase(), name: name.trim(), email }];
}
