/** An event on its way through a pipeline, changed in place as Logstash changes it. */
export type Fields = { [name: string]: unknown };

export function fieldOf(event: Fields, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), event);
}

/** Sets a field, creating the objects on the way to it. */
export function setField(event: Fields, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    event[name] = value;
    return;
  }
  const inner = event[name];
  const next = isFields(inner) ? inner : {};
  event[name] = next;
  setField(next, rest, value);
}

export function removeField(event: Fields, path: readonly string[]): void {
  const parent = fieldOf(event, path.slice(0, -1));
  const last = path.at(-1);
  if (isFields(parent) && last !== undefined) delete parent[last];
}

export function addTag(event: Fields, tag: string): void {
  const { tags } = event;
  event.tags = [...(Array.isArray(tags) ? tags : []), tag];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
