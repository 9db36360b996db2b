import { cp, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "#test/support/free-port.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { compileProgram } from "./program.mjs";

let root: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "lapse-program-"));
  folder = join(root, "dist", "lapse");
  await compileProgram(resolve("."), folder);
  await symlink(resolve("node_modules"), join(root, "node_modules"));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** Runs `lapse` to its end. Returns its exit status and what it wrote. */
async function lapse(...args: string[]) {
  const program = new RunningProgram(process.execPath, [join(folder, "lapse.mjs"), ...args], {
    DATA_DIR: join(root, "data"),
  });
  return { status: await program.ended, output: program.lines.join("\n"), errors: program.messages.join("\n") };
}

describe("the program lapse", () => {
  it("names every command in its help, and has a page for each", async () => {
    const { status, output } = await lapse("--help");
    expect(status).toBe(0);
    const names = [...output.slice(output.indexOf("Commands:")).matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name ?? "");
    expect(names).toEqual(expect.arrayContaining(["start", "import", "models", "dead-letters", "retain"]));
    for (const name of names.filter((one) => one !== "help")) {
      const page = await lapse(name, "--help");
      expect(page.status).toBe(0);
      expect(page.output).toContain(`Usage: lapse ${name}`);
    }
  });

  it("tells the defaults of options and settings where they are", async () => {
    expect((await lapse("generate", "--help")).output).toContain("(default: 9)");
    expect((await lapse("models", "--help")).output).toMatch(/PORT \(8080\)[\s\S]*ELASTICSEARCH_URL/);
  });

  it.each([
    { args: ["strt"], says: /unknown command 'strt'\n.*start/ },
    { args: ["models", "promot", "v1"], says: /unknown command 'promot'\n.*promote/ },
    { args: ["start", "--chrun-days", "3"], says: /unknown option '--chrun-days'\n.*--churn-days/ },
    { args: ["start", "--churn-days", "soon"], says: /--churn-days takes a whole number of days/ },
    { args: ["erase"], says: /name at least one user/ },
  ])("refuses $args with status 2, and says what is meant", async ({ args, says }) => {
    const { status, errors } = await lapse(...args);
    expect(status).toBe(2);
    expect(errors).toMatch(says);
    expect(errors).toMatch(/See lapse .*--help\./);
  });

  it("tells an expected error in one line, with status 1", async () => {
    const { status, errors } = await lapse("models", "promote", "20240101T000000Z-abcdef");
    expect(status).toBe(1);
    expect(errors).toMatch(/20240101T000000Z-abcdef/);
    expect(errors).not.toContain("\n");
  });

  it("lists when a group of commands is called alone", async () => {
    expect(await lapse("models")).toEqual(await lapse("models", "list"));
  });
});

describe("the program in the image, which has no DuckDB", () => {
  let image: string;
  beforeAll(async () => {
    // Not within the other, whose packages Node would find.
    image = await mkdtemp(join(tmpdir(), "lapse-image-"));
    await cp(folder, join(image, "dist", "lapse"), { recursive: true });
    await mkdir(join(image, "node_modules"));
    for (const name of ["onnxruntime-common", "onnxruntime-node"])
      await symlink(resolve("node_modules", name), join(image, "node_modules", name));
  });

  afterAll(() => rm(image, { recursive: true, force: true }));

  async function inImage(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const path = join(image, "dist", "lapse", "lapse.mjs");
    const data = { DATA_DIR: join(image, "data") };
    const program = new RunningProgram(process.execPath, [path, ...args], { ...data, ...environment });
    return { status: await program.ended, output: program.lines.join("\n"), errors: program.messages.join("\n") };
  }
  const namesIn = (help: string) =>
    [...help.slice(help.indexOf("\nCommands:")).matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name ?? "");

  it("has a page of help for every command, and for every one of campaigns", async () => {
    const { status, output } = await inImage(["--help"]);
    expect(status).toBe(0);
    const ofCampaigns = namesIn((await inImage(["campaigns", "--help"])).output);
    expect(ofCampaigns).toContain("contacts");
    const pages = [...namesIn(output).map((name) => [name]), ...ofCampaigns.map((name) => ["campaigns", name])];
    for (const page of pages.filter((names) => names.at(-1) !== "help"))
      expect((await inImage([...page, "--help"])).output).toContain(`Usage: lapse ${page.join(" ")}`);
  });

  it("uses the stores of servers", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { status, errors } = await inImage(["campaigns", "list"], {
      ELASTICSEARCH_URL: url,
      ELASTICSEARCH_RETRY_MS: "0",
    });
    expect(status).toBe(1);
    expect(errors).toContain("Could not read the campaigns: Elasticsearch at");
  });

  it.each([
    { args: ["campaigns", "contacts", "sent.csv"] },
    { args: ["campaigns", "import", "experiment.csv"] },
    { args: ["import", "log.csv"] },
    { args: ["backtest", "log.csv"] },
  ])("refuses $args, and says where to run it", async ({ args }) => {
    const server = { ELASTICSEARCH_URL: "http://127.0.0.1:1" };
    const { status, errors } = await inImage(args, server);
    expect(status).toBe(1);
    expect(errors).toMatch(/^This needs DuckDB, which the image does not have\. .* from a clone \(.*\)\.$/);
    const { errors: alone } = await inImage(["campaigns", "list"]);
    expect(alone).toMatch(/DuckDB.*; others need ELASTICSEARCH_URL\.$/);
  });
});

describe("compileProgram", () => {
  it("keeps the chunks of the day, which a running program may still load, and removes older ones", async () => {
    const [today, old] = [join(folder, "chunk-TODAY.mjs"), join(folder, "chunk-OLD.mjs")];
    await writeFile(today, "");
    await writeFile(old, "");
    const before = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(old, before, before);
    await compileProgram(resolve("."), folder);
    const files = await readdir(folder);
    expect(files).toContain("chunk-TODAY.mjs");
    expect(files).not.toContain("chunk-OLD.mjs");
    expect((await lapse("--version")).status).toBe(0);
  });
});
