import type { RowReader, RowSink } from "./row-reader.ts";

/** One JSON object to a line; a row is the values at `paths`, as text, `""` where there is none. */
export class NdjsonReader implements RowReader {
  readonly #paths: readonly (readonly string[])[];
  #line = 0;

  /** A path is a key, or keys with dots between for an object in an object: `user.id`. */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => path.split("."));
  }

  read(text: string, sink: RowSink): void {
    for (const line of text.split("\n")) {
      // Text that ends with a line end has an empty last part, which is no line.
      this.#line += 1;
      if (line.trim() === "") continue;
      const object = parseObject(line);
      if (object === undefined) sink.bad(this.#line, "is not a JSON object");
      else
        sink.row(
          this.#paths.map((path) => textAt(object, path)),
          this.#line,
        );
    }
    if (text.endsWith("\n")) this.#line -= 1;
  }

  finish(): void {}
}

/** Every path that leads to text or a number in the objects of the first lines, in order of appearance. */
export function pathsIn(lines: readonly string[]): string[] {
  const paths = new Set<string>();
  for (const line of lines) for (const path of leaves(parseObject(line) ?? {}, "")) paths.add(path);
  return [...paths];
}

function leaves(object: JsonObject, prefix: string): string[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (isObject(value)) return leaves(value, `${prefix}${key}.`);
    return typeof value === "string" || typeof value === "number" ? [`${prefix}${key}`] : [];
  });
}

type JsonObject = Record<string, unknown>;

function parseObject(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Walks the path; a key that holds dots itself (`"user.id"`, as ECS allows) is found first. */
function textAt(object: JsonObject, path: readonly string[]): string {
  let value: unknown = path.length > 1 ? object[path.join(".")] : undefined;
  if (value === undefined) {
    value = object;
    for (const key of path) value = isObject(value) ? value[key] : undefined;
  }
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
