import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import type { LogItem } from "../log/log.ts";
import { readGit } from "./read-git.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-read-git-"));
});
afterAll(() => rm(folder, { recursive: true }));

const now = Date.parse("2024-06-01T00:00:00Z");

interface CommitFields {
  message: string;
  author?: string;
  authored?: string;
  committed?: string;
  args?: string[];
}

/** A repository of its own settings, whatever git is told on this machine. */
class Repository {
  readonly path: string;

  constructor(name: string) {
    this.path = join(folder, name);
    execFileSync("git", ["init", "--quiet", "--initial-branch=main", this.path], { env: environment() });
  }

  git(args: string[], extra: Record<string, string> = {}): string {
    return execFileSync("git", ["-C", this.path, ...args], {
      env: { ...environment(), ...extra },
      encoding: "utf8",
    }).trim();
  }

  commit({
    message,
    author = "Ann <ann@x.org>",
    authored = "2024-03-01T10:00:00Z",
    committed = authored,
    args,
  }: CommitFields): string {
    const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(author) ?? [];
    this.git(args ?? ["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-m", message], {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: authored,
      GIT_COMMITTER_NAME: "Keeper",
      GIT_COMMITTER_EMAIL: "keeper@x.org",
      GIT_COMMITTER_DATE: committed,
    });
    return this.git(["rev-parse", "HEAD"]);
  }
}

function environment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
}

async function read(path: string) {
  const log = await readGit(path, { now: () => now });
  const items: LogItem[] = [];
  const places: string[] = [];
  let commits = 0;
  for await (const batch of log.batches) {
    batch.items.forEach((item, index) => {
      items.push(item);
      places.push(batch.place(index));
    });
    commits = batch.read;
  }
  return { log, items, places, commits };
}

const what = (items: readonly LogItem[]) => items.map(({ user_id, action }) => `${action} ${user_id}`);

describe("readGit", () => {
  it("reads commits and merges of authors, and what trailers tell of others at the commit date", async () => {
    const repository = new Repository("acts");
    const first = repository.commit({ message: "first", author: "Ann <Ann@X.org>" });
    repository.git(["checkout", "--quiet", "-b", "topic"]);
    const second = repository.commit({
      message:
        "second\n\nReviewed-by: not a trailer block <no@x.org>\n\nbody\n\n" +
        "Reported-by: Rea <rea@x.org>\nReviewed-by: Bob <Bob@x.org> # v2\nReviewed-by: Bob <bob@x.org>\n" +
        "Tested-by: Nameless\nSigned-off-by: Cy <cy@x.org>\nSigned-off-by: Dee <dee@x.org>\nCc: Eve <eve@x.org>\n",
      author: "Cy <cy@x.org>",
      authored: "2024-03-02T10:00:00Z",
      committed: "2024-03-05T10:00:00Z",
    });
    repository.git(["checkout", "--quiet", "main"]);
    const merge = repository.commit({
      message: "",
      args: ["merge", "--quiet", "--no-ff", "-m", "merge", "topic"],
      authored: "2024-03-06T10:00:00Z",
    });

    const { log, items, places, commits } = await read(repository.path);
    expect(log).toMatchObject({ name: "the git history of acts", unit: "commits", total: 3 });
    expect(commits).toBe(3);
    expect(what(items)).toEqual([
      "merge ann@x.org",
      "commit cy@x.org",
      "report rea@x.org",
      "review bob@x.org",
      "sign_off dee@x.org",
      "commit ann@x.org",
    ]);
    expect(items.map(({ timestamp }) => timestamp)).toEqual(
      ["2024-03-06", "2024-03-02", "2024-03-05", "2024-03-05", "2024-03-05", "2024-03-01"].map((date) =>
        Date.parse(`${date}T10:00:00Z`),
      ),
    );
    expect(items.map(({ event_id }) => event_id)).toEqual([
      `git:${merge}`,
      `git:${second}`,
      `git:${second}:0`,
      `git:${second}:1`,
      `git:${second}:4`,
      `git:${first}`,
    ]);
    expect(places[2]).toBe(`commit ${second.slice(0, 12)}`);
  });

  it("knows people by .mailmap, in trailers too, and keeps ids when the map changes", async () => {
    const repository = new Repository("mail-map");
    repository.commit({
      message: "one\n\nAcked-by: Bob <bob@old.org>\nReviewed-by: Zoë <zoe@x.org>\n",
      author: "Ann <ann@old.org>",
    });
    const before = await read(repository.path);
    expect(what(before.items)).toEqual(["commit ann@old.org", "ack bob@old.org", "review zoe@x.org"]);

    await writeFile(
      join(repository.path, ".mailmap"),
      "Ann <ann@new.org> <ann@old.org>\nBob <BOB@new.org> <bob@old.org>\n",
    );
    const after = await read(repository.path);
    expect(what(after.items)).toEqual(["commit ann@new.org", "ack bob@new.org", "review zoe@x.org"]);
    expect(after.items.map(({ event_id }) => event_id)).toEqual(before.items.map(({ event_id }) => event_id));
  });

  it("rejects acts dated 1970 or in the future, and those of nobody", async () => {
    const repository = new Repository("dates");
    const old = repository.commit({ message: "old", authored: "1970-01-02T00:00:00Z" });
    const future = repository.commit({ message: "new", authored: "2024-06-03T00:00:00Z" });
    const nobody = repository.commit({ message: "nobody", author: "Nobody <>" });
    repository.commit({ message: "good", authored: "2024-06-01T12:00:00Z" });
    const { log, items } = await read(repository.path);
    expect(what(items)).toEqual(["commit ann@x.org"]);
    expect(log.rejections.first).toEqual([
      { place: `commit ${nobody.slice(0, 12)}`, reason: "has no e-mail address" },
      { place: `commit ${future.slice(0, 12)}`, reason: "is dated in the future" },
      { place: `commit ${old.slice(0, 12)}`, reason: "is dated 1970 or earlier" },
    ]);
  });

  it("reads a bare repository of many commits in batches", async () => {
    const repository = new Repository("many");
    const stream = Array.from(
      { length: 4_000 },
      (_, i) =>
        `commit refs/heads/main\nauthor P${i % 7} <p${i % 7}@x.org> ${1_600_000_000 + i} +0200\n` +
        `committer K <k@x.org> ${1_600_000_000 + i} +0000\ndata ${Buffer.byteLength(`commit ${i}`)}\ncommit ${i}\n`,
    );
    execFileSync("git", ["-C", repository.path, "fast-import", "--quiet"], {
      env: environment(),
      input: stream.join(""),
    });
    const bare = join(folder, "many.git");
    execFileSync("git", ["clone", "--quiet", "--bare", repository.path, bare], { env: environment() });
    const { items } = await read(bare);
    expect(items).toHaveLength(4_000);
    expect(new Set(items.map(({ event_id }) => event_id)).size).toBe(4_000);
    expect(new Set(items.map(({ user_id }) => user_id)).size).toBe(7);
    expect(items[0]?.timestamp).toBe((1_600_000_000 + 3_999) * 1000);
  });

  it("refuses what is no repository, one without commits, and an absent folder, in git's words", async () => {
    const plain = join(folder, "plain");
    await mkdir(plain);
    const reading = (path: string) => readGit(path, { now: () => now });
    await expect(reading(plain)).rejects.toThrow(InvalidInput);
    await expect(reading(plain)).rejects.toThrow(/not a git repository/);
    await expect(reading(new Repository("unborn").path)).rejects.toThrow(
      /Cannot read the git history of .*unborn.*HEAD/s,
    );
    await expect(reading(join(folder, "absent"))).rejects.toThrow(/absent.*No such file/);
  });

  it("refuses a history of which no commit can be used", async () => {
    const repository = new Repository("hopeless");
    repository.commit({ message: "old", authored: "1970-01-02T00:00:00Z" });
    await expect(read(repository.path)).rejects.toThrow(/No commit of .* can be used: 1 were rejected/);
  });

  it("ends git when the reader stops early", async () => {
    const log = await readGit(join(folder, "many.git"), { now: () => now });
    for await (const batch of log.batches) {
      expect(batch.items.length).toBeGreaterThan(0);
      break;
    }
  });
});
