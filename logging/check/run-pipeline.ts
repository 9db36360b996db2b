import type { Fields } from "./event.ts";
import { applyFilter } from "./filters.ts";
import { holds } from "./holds.ts";
import type { Pipeline, Plugin, Statement } from "./pipeline.ts";

/** An event at an output, without what is for the pipeline alone. */
export interface Sent {
  readonly to: Plugin;
  readonly event: Fields;
  /** What the pipeline alone knows of it. */
  readonly metadata: unknown;
}

/**
 * What a pipeline makes of one event, by our reading of what its filters are documented to do. This is no Logstash: it
 * knows the few plugins and the one date format that our pipelines use, and ends with NotAPipeline at anything else.
 */
export function runPipeline(pipeline: Pipeline, given: Fields): Sent[] {
  const event = structuredClone(given);
  if (!filtered(pipeline.filter, event)) return [];
  const { "@metadata": metadata, ...fields } = event;
  return outputs(pipeline.output, event).map((to) => ({ to, event: fields, metadata }));
}

/** False when the event was dropped. */
function filtered(statements: readonly Statement[], event: Fields): boolean {
  return statements.every((statement) =>
    statement.kind === "plugin" ? applyFilter(statement, event) : filtered(chosen(statement, event), event),
  );
}

function outputs(statements: readonly Statement[], event: Fields): Plugin[] {
  return statements.flatMap((statement) =>
    statement.kind === "plugin" ? [statement] : outputs(chosen(statement, event), event),
  );
}

function chosen(branch: Extract<Statement, { kind: "branch" }>, event: Fields): readonly Statement[] {
  return branch.cases.find(({ condition }) => holds(condition, event))?.body ?? [];
}
