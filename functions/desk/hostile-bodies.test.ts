import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formType } from "#runtime/form-route.ts";
import { uploadType } from "#runtime/upload-route.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { ofManyNames } from "#test/support/of-many-names.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { postAtOnce, WatchedServer } from "#test/support/under-attack.ts";

/** Of knative/services/desk.yaml, in MB. */
const podMemory = 1024;

/** Times on the clock say little while others keep the machine busy. */
const busy = { timeout: 120_000, retry: 2 };

let folder: string;
let desk: RunningProgram;
let watched: WatchedServer;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-hostile-"));
  const stores = await setUpStores({ dataDir: folder }, Date.now);
  await stores.campaigns.create({
    ...{ id: "spring", name: "Spring", audience: "at risk", controlShare: 0.5, windowDays: 30, createdBy: "test" },
    ...{ costPerContact: 0, incentive: 0, outcomes: [], covariates: [], startsAt: 0, lastAssignedAt: 0, createdAt: 0 },
  });
  await stores.campaigns.freeze("spring");
  await stores.close();
  desk = RunningProgram.ofFunction("desk/main.ts", { PORT: "0", DATA_DIR: folder, BODY_SECONDS: "20" });
  url = `http://127.0.0.1:${await desk.says(/listens on port (\d+)/)}`;
  watched = await WatchedServer.begin(url, desk);
});

afterAll(async () => {
  await watched.end();
  expect(await desk.end()).toBe(0);
  expect(desk.lines.filter((line) => line.includes('"log.level":"error"')).slice(0, 1)).toEqual([]);
  await rm(folder, { recursive: true });
});

async function post(path: string, type: string, body: string): Promise<number> {
  const response = await fetch(url + path, { method: "POST", headers: { "content-type": type }, body });
  await response.arrayBuffer();
  return response.status;
}

const pasted = ["/campaigns/spring/contacts", formType] as const;
const uploaded = ["/campaigns/spring/contacts/file", `${uploadType}; boundary=x`] as const;
const fileOf = (content: string) =>
  `--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${content}\r\n--x--`;
const contacts = ["/v1/contacts", "application/json"] as const;
const lines = ["/v1/contacts", "application/x-ndjson"] as const;
const megabytes = (text: string, count: number) => text.repeat(Math.floor((count * 1024 * 1024) / text.length));
const distinct = (count: number) => Array.from({ length: count }, (_, i) => i.toString(36)).join("&");

describe("the desk stays alive, and within its pod's memory,", () => {
  it.each<[string, readonly [string, string], () => string, number]>([
    ["3 M fields of distinct names", pasted, () => distinct(3_000_000), 413],
    ["8 M fields of one name", pasted, () => megabytes("a&", 15.9), 413],
    ["no name of a field, only what divides them", pasted, () => megabytes("&", 15.9), 413],
    ["1,000 fields in 16 MB", pasted, () => Array(1_000).fill(megabytes("contacts=a", 0.0159)).join("&"), 400],
    ["8 M pasted users", pasted, () => `contacts=${megabytes("a\n", 15.9)}`, 413],
    ["16 MB of blank lines, pasted", pasted, () => `contacts=${megabytes("\n", 15.9)}`, 413],
    ["16 MB of <, pasted", pasted, () => `contacts=${megabytes("<", 15.9)}`, 400],
    ["one pasted line of 16 M cells", pasted, () => `contacts=user${megabytes(",", 15.9)}`, 400],
    ["8 M users in a file", uploaded, () => fileOf(megabytes("a\n", 15.9)), 413],
    [
      "a file whose lines cannot be read, 100,000 of them",
      uploaded,
      () => fileOf(`user\n${"-\n".repeat(100_000)}`),
      400,
    ],
    ["a file of one line", uploaded, () => fileOf(megabytes("a", 15.9)), 400],
    ["a form of dividers alone", uploaded, () => megabytes("--x\r\n", 15.9), 400],
    ["5 M contacts of {} in lines", lines, () => megabytes("{}\n", 15.9), 413],
    ["16 MB of blank lines", lines, () => megabytes("\n", 15.9), 413],
    ["a contact of 190 k fields", contacts, () => ofManyNames(1, 190_000).slice(1, -1), 400],
    ["contacts of 1.5 M fields, of other names in each", contacts, () => ofManyNames(15_000, 100), 400],
    ["the same in lines", lines, () => ofManyNames(15_000, 100).slice(1, -1).replaceAll("},{", "}\n{"), 400],
    ["as many contacts as are allowed, all of them wrong", lines, () => "{}\n".repeat(100_000), 400],
  ])("when it is sent %s", busy, async (_, [path, type], make, status) => {
    const body = make();
    const statuses: number[] = [];
    const bearing = await watched.bearing(async () => {
      const answers = await postAtOnce(8, url + path, { "content-type": type }, body);
      statuses.push(...answers.map((answer) => answer.status));
    });
    // Beyond the memory that bodies share, a caller is asked to try again.
    const judged = statuses.filter((each) => each !== 503);
    expect(judged.length).toBeGreaterThan(0);
    expect(new Set(judged)).toEqual(new Set([status]));
    expect(bearing.slowestHealth).toBeLessThan(1_000);
    expect(bearing.mostMemory).toBeLessThan(podMemory);
  });

  it("and then takes contacts as ever", async () => {
    expect(await post(...pasted, "contacts=ann%0D%0Aben")).toBe(200);
    expect(await post(...lines, '{"user_id":"cy"}')).toBe(200);
  });
});
