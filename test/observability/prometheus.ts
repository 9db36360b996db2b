import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import * as z from "zod";
import { readRuleGroups } from "#observability/read-rules.ts";
import { freePort } from "../support/free-port.ts";
import { RunningProgram } from "../support/running-program.ts";

/** A series with its values over time: seconds since the epoch, and the value as text. */
const rangeSchema = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.number(), z.string()])),
});
const instantSchema = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.tuple([z.number(), z.string()]),
});

const answerSchema = z.object({
  status: z.enum(["success", "error"]),
  error: z.string().optional(),
  data: z.object({ result: z.unknown() }).optional(),
});

export type RangeSeries = z.infer<typeof rangeSchema>;
export type InstantSeries = z.infer<typeof instantSchema>;

/** A real Prometheus with lapse's rules, that looks every second. */
export class Prometheus {
  readonly #program: RunningProgram;
  readonly #url: string;

  private constructor(program: RunningProgram, url: string) {
    this.#program = program;
    this.#url = url;
  }

  /** Starts the program `binary` in `folder`, with what it is to scrape. */
  static async start(binary: string, folder: string, scrapeConfigs: readonly object[]): Promise<Prometheus> {
    const groups = (await readRuleGroups()).map(({ name, rules }) => ({ name, rules }));
    await writeFile(join(folder, "rules.yml"), stringify({ groups }));
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: ["rules.yml"],
      scrape_configs: scrapeConfigs,
    };
    await writeFile(join(folder, "prometheus.yml"), stringify(config));
    const url = `http://127.0.0.1:${await freePort()}`;
    const program = new RunningProgram(binary, [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "tsdb")}`,
      `--web.listen-address=${new URL(url).host}`,
    ]);
    await program.answers(`${url}/-/ready`);
    return new Prometheus(program, url);
  }

  /** The result now. Throws what Prometheus says is wrong with the query. */
  async query(expression: string): Promise<InstantSeries[]> {
    return z.array(instantSchema).parse(await this.#ask("query", { query: expression }));
  }

  /** The results at every `step` from `begin` to `end`, all in seconds. */
  async queryRange(expression: string, begin: number, end: number, step: number): Promise<RangeSeries[]> {
    const times = { start: String(begin), end: String(end), step: String(step) };
    return z.array(rangeSchema).parse(await this.#ask("query_range", { query: expression, ...times }));
  }

  async stop(): Promise<void> {
    await this.#program.end();
  }

  async #ask(path: string, parameters: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method: "POST",
      body: new URLSearchParams(parameters),
      signal: AbortSignal.timeout(20_000),
    });
    const { status, error, data } = answerSchema.parse(await response.json());
    if (status === "error") throw new Error(`${parameters.query}: ${error}`);
    return data?.result;
  }
}
