import * as z from "zod";
import { command, kubectl } from "./kubectl.ts";
import { send } from "./requests.ts";

/** How many actions of a user are stored, or of all ("*"). */
export function countActions(user: string): Promise<number> {
  return count("lapse-actions-*", user === "*" ? "*" : `user.id:"${user}"`);
}

/** How many documents of an index match a query of Lucene's syntax, including those written just now. */
export async function count(index: string, query: string): Promise<number> {
  const path = `${index}/_count?ignore_unavailable=true&q=${encodeURIComponent(query)}`;
  const [, found] = await requests([
    { method: "POST", path: `${index}/_refresh` },
    { method: "GET", path },
  ]);
  return z.object({ count: z.int() }).parse(found).count;
}

/** How many actions of users, at most 10,000 whose ids match a pattern, are counted in user-days. */
export async function countRolledUp(users: string): Promise<number> {
  const path = `lapse-user-days-*/_search?size=10000&q=${encodeURIComponent(`user.id:${users}`)}`;
  const [, found] = await requests([
    { method: "POST", path: "lapse-user-days-*/_refresh" },
    { method: "GET", path },
  ]);
  const { hits } = userDaysSchema.parse(found);
  return hits.hits.flatMap(({ _source }) => _source.lapse.days).reduce((sum, [, , times]) => sum + times, 0);
}

const userDaysSchema = z.object({
  hits: z.object({
    hits: z.array(
      z.object({
        // Day, action, count, sum of values.
        _source: z.object({ lapse: z.object({ days: z.array(z.tuple([z.int(), z.string(), z.int(), z.number()])) }) }),
      }),
    ),
  }),
});

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

interface Request {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: object;
}

/** Sends Elasticsearch a request as the user that functions are. */
export async function elasticsearch(method: Request["method"], path: string, body?: object): Promise<unknown> {
  const [answer] = await requests([{ method, path, ...(body && { body }) }]);
  return answer;
}

/** As the trial's administrator, who may do everything. */
export async function administer(method: Request["method"], path: string): Promise<unknown> {
  const secret: unknown = JSON.parse(await kubectl("get", "secret", "elasticsearch-root", "--output", "json"));
  const { ELASTIC_PASSWORD } = z.object({ data: z.object({ ELASTIC_PASSWORD: z.string() }) }).parse(secret).data;
  const [answer] = await requests(
    [{ method, path }],
    basic("elastic", Buffer.from(ELASTIC_PASSWORD, "base64").toString()),
  );
  return answer;
}

/**
 * One after another, as the user that functions are or another. From here, as no network policy keeps a node from its pods: a process in
 * a pod for each look at what is stored would take what is looked for a third of a second of the processors.
 */
async function requests(all: readonly Request[], shown?: string): Promise<readonly unknown[]> {
  const headers = { authorization: shown ?? (await authorization()), "content-type": "application/json" };
  const answers: unknown[] = [];
  for (const { method, path, body } of all) {
    const url = `http://elasticsearch.lapse.svc.cluster.local:9200/${path}`;
    answers.push((await send(url, headers, body === undefined ? "" : JSON.stringify(body), method)).body);
  }
  return answers;
}

const authorizations = new Map<string, string>();

/** The header by which Elasticsearch knows a user of a Secret: by default the one that functions are. Read once: a trial's never changes. */
export async function authorization(secret = "lapse-elasticsearch"): Promise<string> {
  const known = authorizations.get(secret);
  if (known !== undefined) return known;
  const { data } = z
    .object({ data: z.object({ ELASTICSEARCH_USERNAME: z.string(), ELASTICSEARCH_PASSWORD: z.string() }) })
    .parse(JSON.parse(await kubectl("get", "secret", secret, "--output", "json")));
  const [user, password] = [data.ELASTICSEARCH_USERNAME, data.ELASTICSEARCH_PASSWORD].map((text) =>
    Buffer.from(text, "base64").toString(),
  );
  const header = basic(user ?? "", password ?? "");
  authorizations.set(secret, header);
  return header;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** The names of all model versions, once each. */
export async function versions(): Promise<string[]> {
  return [...new Set((await command("models", "list")).match(/\d{8}T\d{6}Z-[0-9a-f]{6}/g) ?? [])];
}
