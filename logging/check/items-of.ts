import type { Fields } from "./event.ts";
import type { Pipeline } from "./pipeline.ts";
import { runPipeline } from "./run-pipeline.ts";

/** The items that the pipeline `actions` sends to ingest for an event from Filebeat, as we read the pipeline. */
export function itemsOf(pipeline: Pipeline, event: Fields): Fields[] {
  return runPipeline(pipeline, event)
    .filter(({ to }) => to.name === "http")
    .map(({ event: item }) => item);
}
