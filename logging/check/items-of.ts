import type { Fields } from "./event.ts";
import type { Pipeline } from "./pipeline.ts";
import { runPipeline } from "./run-pipeline.ts";

/** What the pipeline `actions` sends to ingest for an event of Filebeat's, by our reading of it. */
export function itemsOf(pipeline: Pipeline, event: Fields): Fields[] {
  return runPipeline(pipeline, event)
    .filter(({ to }) => to.name === "http")
    .map(({ event: item }) => item);
}
