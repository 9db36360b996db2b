import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { actionsTemplate } from "#stores/actions/elasticsearch/indices.ts";
import { everyPlugin } from "../check/every-plugin.ts";
import { optionsOf } from "../check/options.ts";
import { readPipeline } from "../check/read-pipeline.ts";

const objectSchema = z.strictObject({
  id: z.string(),
  type: z.enum(["index-pattern", "search"]),
  attributes: z.looseObject({
    title: z.string(),
    timeFieldName: z.string().optional(),
    columns: z.array(z.string()).optional(),
    kibanaSavedObjectMeta: z.strictObject({ searchSourceJSON: z.string() }).optional(),
  }),
  references: z.array(z.strictObject({ id: z.string(), name: z.string(), type: z.string() })),
  coreMigrationVersion: z.string(),
  typeMigrationVersion: z.string(),
});
const sourceSchema = z.looseObject({
  query: z.strictObject({ language: z.literal("kuery"), query: z.string().min(1) }),
  indexRefName: z.string(),
});

interface Mapping {
  readonly type?: string | undefined;
  readonly properties?: Record<string, Mapping> | undefined;
}
const mappingSchema: z.ZodType<Mapping> = z.lazy(() =>
  z.looseObject({ type: z.string().optional(), properties: z.record(z.string(), mappingSchema).optional() }),
);
const templateSchema = z.object({
  index_patterns: z.array(z.string()),
  template: z.object({ mappings: mappingSchema }),
});

const template = templateSchema.parse(await json("../elasticsearch/logs-template.json"));
const fields = new Set(fieldsOf(template.template.mappings));
/** The view of the actions, which lapse itself stores and describes. */
const actions = { id: "lapse-actions", template: actionsTemplate({}) };
const actionFields = new Set(fieldsOf(mappingSchema.parse(actions.template.mappings)));
const views = await objects("data-views.ndjson");
const searches = await objects("saved-searches.ndjson");

describe("the objects for Kibana", () => {
  it("have an id each", () => {
    const ids = [...views, ...searches].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([views.length, searches.length]).toEqual([3, 9]);
  });

  it.each(views)("$id shows indices that are written and that a template covers", ({ id, attributes }) => {
    const pattern = attributes.title.replace("*", "");
    if (id === actions.id) {
      expect(actions.template.patterns.map((name) => `lapse-${name}`)).toEqual([attributes.title]);
      expect(actionFields).toContain(attributes.timeFieldName);
      return;
    }
    expect(written.filter((index) => index.startsWith(pattern))).toHaveLength(1);
    expect(template.index_patterns.some((covered) => pattern.startsWith(covered.replace("*", "")))).toBe(true);
    expect(fields).toContain(attributes.timeFieldName);
  });

  it.each(searches)(
    "$id looks into a view that is there, for fields that are indexed",
    ({ attributes, references }) => {
      const source = sourceSchema.parse(JSON.parse(attributes.kibanaSavedObjectMeta?.searchSourceJSON ?? ""));
      expect(references.map(({ name }) => name)).toEqual([source.indexRefName]);
      expect(views.map(({ id }) => id)).toContain(references[0]?.id);
      const asked = [...source.query.query.matchAll(/([@\w.]+)\s*:/g)].map(([, field]) => field);
      const known = references[0]?.id === actions.id ? actionFields : fields;
      for (const field of [...asked, ...(attributes.columns ?? [])]) expect(known).toContain(field);
      expect(asked.length > 0 || source.query.query === "*").toBe(true);
    },
  );
});

const written = (await Promise.all(["actions", "functions"].map(readPipeline)))
  .flatMap(everyPlugin)
  .filter(({ name }) => name === "elasticsearch")
  .map((plugin) => optionsOf(plugin, "elasticsearch").index);

/** The objects of a file, one per line. */
async function objects(name: string) {
  const lines = (await readFile(new URL(name, import.meta.url), "utf8")).trimEnd().split("\n");
  return lines.map((line) => objectSchema.parse(JSON.parse(line)));
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(path, import.meta.url), "utf8"));
}

function fieldsOf({ properties = {} }: Mapping, prefix = ""): string[] {
  return Object.entries(properties).flatMap(([name, inner]) =>
    inner.properties === undefined ? [`${prefix}${name}`] : fieldsOf(inner, `${prefix}${name}.`),
  );
}
