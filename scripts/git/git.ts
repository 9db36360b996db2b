import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { InvalidInput } from "#churn/failure.ts";

/** A history of a million commits takes minutes; a command that takes longer than this hangs. */
const timeout = 3_600_000;

/** Bytes of what git says of a failure that are kept. */
const keptOfMessage = 2_000;

/**
 * Runs git in a repository, without a shell, a pager or a prompt, and streams what it writes as text. Throws
 * InvalidInput with git's own words when it fails or is not installed; ends git when the reader stops early.
 */
export async function* streamGit(path: string, args: readonly string[], input = ""): AsyncGenerator<string> {
  const git = spawn("git", ["--no-pager", "-C", path, ...args], {
    env: environment(process.env),
    stdio: ["pipe", "pipe", "pipe"],
    timeout,
  });
  const closed = once(git, "close");
  // Both are awaited only after the output: until then a failure must not count as unhandled.
  closed.catch(() => {});
  const message = textOf(git.stderr);
  message.catch(() => {});
  git.stdin.on("error", () => {});
  git.stdin.end(input);
  git.stdout.setEncoding("utf8");
  let ended = false;
  try {
    for await (const chunk of git.stdout) yield String(chunk);
    ended = true;
  } finally {
    if (!ended) git.kill();
  }
  const [code] = await closed.catch((cause: unknown) => {
    throw new InvalidInput("Cannot run git: is it installed?", { cause });
  });
  if (code !== 0) throw new InvalidInput((await message).trim() || "git ended early.");
}

/** Everything that git writes. */
export async function runGit(path: string, args: readonly string[], input = ""): Promise<string> {
  const parts: string[] = [];
  for await (const part of streamGit(path, args, input)) parts.push(part);
  return parts.join("");
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) text = (text + String(chunk)).slice(0, keptOfMessage);
  return text;
}

/** GIT_DIR and its like would point past the path given; messages are to be in English and nothing is to be fetched. */
function environment(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(([name]) => !name.startsWith("GIT_"));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
}
