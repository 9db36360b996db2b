import type { Pipeline, Plugin, Statement } from "./pipeline.ts";

/** Lists every plugin of a pipeline, in every branch. */
export function everyPlugin({ input, filter, output }: Pipeline): Plugin[] {
  return [...input, ...filter, ...output].flatMap(within);
}

function within(statement: Statement): Plugin[] {
  return statement.kind === "plugin" ? [statement] : statement.cases.flatMap(({ body }) => body.flatMap(within));
}
