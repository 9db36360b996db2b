import * as z from "zod";
import type { Plugin, Value } from "./pipeline.ts";
import { NotAPipeline } from "./tokens.ts";

const text = z.string().min(1);
const texts = z.array(text).min(1);
const flag = z.enum(["true", "false"]).transform((word) => word === "true");
const count = z.int().positive();
const pairs = z.record(z.string(), text);

/** The plugins that our pipelines use, with the options that they set. Any other name is taken for a misspelling. */
export const optionSchemas = {
  beats: z.strictObject({ port: count }),
  pipeline: z.union([z.strictObject({ address: text }), z.strictObject({ send_to: texts })]),
  fingerprint: z.strictObject({
    source: texts,
    concatenate_sources: flag,
    method: z.enum(["SHA1", "SHA256", "SHA384", "SHA512", "MD5", "MURMUR3", "MURMUR3_128", "PUNCTUATION", "UUID"]),
    target: text,
  }),
  grok: z.strictObject({ match: pairs }),
  json: z.strictObject({ source: text, target: text.optional(), skip_on_invalid_json: flag.optional() }),
  date: z.strictObject({ match: z.tuple([text], text), locale: text.optional(), target: text.optional() }),
  drop: z.strictObject({}),
  mutate: z.strictObject({
    rename: pairs.optional(),
    replace: pairs.optional(),
    gsub: texts.refine((all) => all.length % 3 === 0, "takes threes: field, pattern, replacement.").optional(),
    copy: pairs.optional(),
    add_field: pairs.optional(),
    remove_field: texts.optional(),
  }),
  prune: z.strictObject({ whitelist_names: texts }),
  http: z.strictObject({
    url: text,
    http_method: z.enum(["put", "post", "patch", "delete", "get", "head"]),
    headers: pairs.optional(),
    format: z.enum(["json", "json_batch", "form", "message"]),
    connect_timeout: count,
    request_timeout: count,
    socket_timeout: count,
    retry_failed: flag,
    retryable_codes: z.array(z.int().min(400).max(599)),
  }),
  elasticsearch: z.strictObject({
    hosts: texts,
    user: text,
    password: text,
    ssl_certificate_authorities: texts,
    data_stream: flag,
    manage_template: flag,
    template: text.optional(),
    template_name: text.optional(),
    template_overwrite: flag.optional(),
    template_api: z.enum(["auto", "legacy", "composable"]).optional(),
    index: text,
    document_id: text,
  }),
};

type Name = keyof typeof optionSchemas;

/** Checks and returns the options of a plugin. Throws NotAPipeline for an unknown plugin or option. */
export function optionsOf<N extends Name>(plugin: Plugin, name: N): z.infer<(typeof optionSchemas)[N]>;
export function optionsOf(plugin: Plugin, name: Name): unknown {
  const names = plugin.options.map(([option]) => option);
  if (new Set(names).size < names.length) throw new NotAPipeline(`${name} has an option twice.`);
  const parsed = optionSchemas[name].safeParse(
    Object.fromEntries(plugin.options.map(([key, value]) => [key, plain(value)])),
  );
  if (!parsed.success) throw new NotAPipeline(`${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function isKnown(name: string): name is Name {
  return name in optionSchemas;
}

function plain(value: Value): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}
