import { createHash } from "node:crypto";
import { addTag, type Fields, fieldOf, isFields, removeField, setField } from "./event.ts";
import { grok } from "./grok.ts";
import { optionsOf } from "./options.ts";
import { fieldPath } from "./parse-condition.ts";
import type { Plugin } from "./pipeline.ts";
import { NotAPipeline } from "./tokens.ts";

/** Applies a filter to an event as its documentation says. Returns false if it drops the event. */
export function applyFilter(plugin: Plugin, event: Fields): boolean {
  switch (plugin.name) {
    case "drop":
      optionsOf(plugin, "drop");
      return false;
    case "fingerprint":
      fingerprint(plugin, event);
      return true;
    case "grok":
      applyGrok(plugin, event);
      return true;
    case "json":
      json(plugin, event);
      return true;
    case "date":
      date(plugin, event);
      return true;
    case "mutate":
      mutate(plugin, event);
      return true;
    case "prune":
      prune(plugin, event);
      return true;
    default:
      throw new NotAPipeline(`${plugin.name} is not a supported filter.`);
  }
}

function fingerprint(plugin: Plugin, event: Fields): void {
  const { source, target } = optionsOf(plugin, "fingerprint");
  const parts = [...source].sort().map((name) => `|${name}|${fieldOf(event, fieldPath(name)) ?? ""}`);
  setField(
    event,
    fieldPath(target),
    createHash("sha256")
      .update(`${parts.join("")}|`)
      .digest("hex"),
  );
}

function applyGrok(plugin: Plugin, event: Fields): void {
  const { match } = optionsOf(plugin, "grok");
  for (const [field, expression] of Object.entries(match)) {
    const found = grok(expression, String(fieldOf(event, fieldPath(field)) ?? ""));
    if (found === undefined) addTag(event, "_grokparsefailure");
    for (const [path, value] of found ?? []) setField(event, path, value);
  }
}

function json(plugin: Plugin, event: Fields): void {
  const { source, target, skip_on_invalid_json: isQuiet = false } = optionsOf(plugin, "json");
  const text = fieldOf(event, fieldPath(source));
  if (typeof text !== "string" || text.trim() === "") return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    if (!isQuiet) addTag(event, "_jsonparsefailure");
    return;
  }
  if (target !== undefined) setField(event, fieldPath(target), parsed);
  else if (isFields(parsed)) Object.assign(event, parsed);
  else if (!isQuiet) addTag(event, "_jsonparsefailure");
}

/** The only date format in our pipelines. */
function date(plugin: Plugin, event: Fields): void {
  const { match, target = "@timestamp" } = optionsOf(plugin, "date");
  const [field, ...formats] = match;
  if (formats.join() !== "dd/MMM/yyyy:HH:mm:ss Z")
    throw new NotAPipeline(`The date format ${formats} is not supported here.`);
  const text = String(fieldOf(event, fieldPath(field)) ?? "");
  const time = new Date(text.replaceAll("/", " ").replace(":", " "));
  if (Number.isNaN(time.getTime())) addTag(event, "_dateparsefailure");
  else setField(event, fieldPath(target), time.toISOString());
}

/** In mutate's own order, regardless of the order in the file. */
function mutate(plugin: Plugin, event: Fields): void {
  const options = optionsOf(plugin, "mutate");
  for (const [from, to] of Object.entries(options.rename ?? {})) {
    const value = fieldOf(event, fieldPath(from));
    if (value === undefined) continue;
    removeField(event, fieldPath(from));
    setField(event, fieldPath(to), value);
  }
  for (const [name, text] of Object.entries(options.replace ?? {}))
    setField(event, fieldPath(name), filled(text, event));
  const { gsub = [] } = options;
  for (let at = 0; at < gsub.length; at += 3) {
    const [name = "", pattern = "", replacement = ""] = gsub.slice(at, at + 3);
    const value = fieldOf(event, fieldPath(name));
    if (typeof value === "string")
      setField(event, fieldPath(name), value.replace(new RegExp(pattern, "g"), replacement));
  }
  for (const [from, to] of Object.entries(options.copy ?? {})) {
    const value = fieldOf(event, fieldPath(from));
    if (value !== undefined) setField(event, fieldPath(to), structuredClone(value));
  }
  for (const [name, text] of Object.entries(options.add_field ?? {}))
    setField(event, fieldPath(name), filled(text, event));
  for (const name of options.remove_field ?? []) removeField(event, fieldPath(name));
}

function prune(plugin: Plugin, event: Fields): void {
  const { whitelist_names: kept } = optionsOf(plugin, "prune");
  for (const name of Object.keys(event)) {
    // prune does not see @metadata.
    if (name !== "@metadata" && !kept.some((pattern) => new RegExp(pattern).test(name))) delete event[name];
  }
}

/** Replaces `%{[a][b]}` and `%{a}` by the event's values. References to missing fields stay as they are. */
export function filled(text: string, event: Fields): string {
  return text.replace(/%\{([^}+]+)\}/g, (all, name: string) => {
    const value = fieldOf(event, fieldPath(name));
    return value === undefined || value === null ? all : String(value);
  });
}
