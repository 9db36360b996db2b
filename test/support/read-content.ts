import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogOptions } from "#scripts/log/options.ts";
import { readLog } from "#scripts/log/read-log.ts";
import { contentOf } from "./log-content.ts";

/** Later than all times in files that tests make. */
const readingTime = Date.parse("2026-03-01T00:00:00Z");

type Content = string | Uint8Array;

/** What files hold, in their order: with names, or without. */
type Contents = Readonly<Record<string, Content>> | readonly Content[];

/** Reads a log of one file with this content to its end; every line of it is accounted for. */
export function readContent(content: Content, options: LogOptions = {}) {
  return readContents({ "log.txt": content }, options);
}

/** The same of several files. */
export async function readContents(contents: Contents, options: LogOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), "lapse-content-"));
  try {
    const names = Object.keys(contents).map((name) => (Array.isArray(contents) ? `log-${name}` : name));
    const paths = names.map((name) => join(folder, name));
    for (const [n, content] of Object.values<Content>(contents).entries()) await writeFile(paths[n] ?? "", content);
    const content = await contentOf(await readLog(paths, options, readingTime));
    const { rejected } = content.account;
    return {
      ...content,
      rejected: rejected.flatMap(({ reason, first }) => first.map(({ text }) => `${reason}: ${text}`)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** With what a log of a file or of several is refused; empty where it is read. */
export function refusalOf(contents: Content | Contents, options: LogOptions = {}): Promise<string> {
  const isOne = typeof contents === "string" || contents instanceof Uint8Array;
  return readContents(isOne ? [contents] : contents, options).then(
    () => "",
    (error: unknown) => String(error),
  );
}
