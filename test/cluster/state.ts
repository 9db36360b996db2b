import * as z from "zod";
import { command, kubectl } from "./kubectl.ts";

/** How many actions of a user are stored, or of all ("*"). */
export function countActions(user: string): Promise<number> {
  return count("lapse-actions-*", user === "*" ? "*" : `user.id:"${user}"`);
}

/** How many documents of an index match a query of Lucene's syntax, including those written just now. */
export async function count(index: string, query: string): Promise<number> {
  await elasticsearch("POST", `${index}/_refresh`);
  const found = await elasticsearch("GET", `${index}/_count?ignore_unavailable=true&q=${encodeURIComponent(query)}`);
  return z.object({ count: z.int() }).parse(found).count;
}

/** Documents written and queries answered since Elasticsearch started. */
export type Statistic = "indexing.index_total" | "search.query_total";

export async function statisticOf(index: string, statistic: Statistic): Promise<number> {
  const { _all } = statisticsSchema.parse(await elasticsearch("GET", `${index}/_stats`));
  const { indexing, search } = _all.primaries;
  return statistic === "indexing.index_total" ? indexing.index_total : search.query_total;
}

const statisticsSchema = z.object({
  _all: z.object({
    primaries: z.object({
      indexing: z.object({ index_total: z.int() }),
      search: z.object({ query_total: z.int() }),
    }),
  }),
});

/** Sends Elasticsearch a request from a pod beside it. */
export async function elasticsearch(method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<unknown> {
  const headers = { authorization: await authorization(), "content-type": "application/json" };
  const options = { method, headers, body: body && JSON.stringify(body) };
  const url = `http://elasticsearch:9200/${path}`;
  const script = `fetch(${JSON.stringify(url)}, ${JSON.stringify(options)}).then((r) => r.text()).then(console.log)`;
  return JSON.parse(await kubectl("exec", "deployment/commands", "--", "node", "-e", script));
}

/** The header by which Elasticsearch knows a user of a Secret: by default the one that functions are. */
export async function authorization(secret = "lapse-elasticsearch"): Promise<string> {
  const { data } = z
    .object({ data: z.object({ ELASTICSEARCH_USERNAME: z.string(), ELASTICSEARCH_PASSWORD: z.string() }) })
    .parse(JSON.parse(await kubectl("get", "secret", secret, "--output", "json")));
  const [user, password] = [data.ELASTICSEARCH_USERNAME, data.ELASTICSEARCH_PASSWORD].map((text) =>
    Buffer.from(text, "base64").toString(),
  );
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** How many log entries of a Service's present pods contain a text. */
export async function logsOf(service: string, part: string): Promise<number> {
  const selector = `serving.knative.dev/service=${service}`;
  const logs = await kubectl("logs", "--selector", selector, "--container", "user-container", "--tail=-1");
  return logs.split("\n").filter((line) => line.includes(part)).length;
}

/** The names of all model versions, once each. */
export async function versions(): Promise<string[]> {
  return [...new Set((await command("models", "list")).match(/\d{8}T\d{6}Z-[0-9a-f]{6}/g) ?? [])];
}
