import type { Fields } from "./event.ts";
import { applyFilter } from "./filters.ts";
import { holds } from "./holds.ts";
import type { Pipeline, Plugin, Statement } from "./pipeline.ts";

/** An event at an output, without the pipeline's own metadata. */
export interface Sent {
  readonly to: Plugin;
  readonly event: Fields;
  /** The pipeline's own metadata, which it does not send. */
  readonly metadata: unknown;
}

/**
 * Runs a pipeline on one event, with filters as we read their documentation. This is not Logstash: it supports only the
 * plugins and the date format that our pipelines use, and throws NotAPipeline for anything else.
 */
export function runPipeline(pipeline: Pipeline, given: Fields): Sent[] {
  const event = structuredClone(given);
  if (!filtered(pipeline.filter, event)) return [];
  const { "@metadata": metadata, ...fields } = event;
  return outputs(pipeline.output, event).map((to) => ({ to, event: fields, metadata }));
}

/** Returns false if the event was dropped. */
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
