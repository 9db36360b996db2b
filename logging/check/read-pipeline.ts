import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parsePipeline } from "./parse-pipeline.ts";
import type { Pipeline } from "./pipeline.ts";

const folder = new URL("../logstash/pipelines/", import.meta.url);

/** Reads one of logstash/pipelines, such as "actions". */
export async function readPipeline(name: string): Promise<Pipeline> {
  return parsePipeline(await readFile(fileURLToPath(new URL(`${name}.conf`, folder)), "utf8"));
}
