import type { estypes } from "@elastic/elasticsearch";
import * as z from "zod";
import { type Elasticsearch, unlessMissing } from "./connection.ts";

/** The settings and mappings that indices of one kind are created with. */
export interface Template {
  /** Without the prefix, such as "actions". */
  readonly name: string;
  /** Patterns of index names without the prefix, such as "actions-*". */
  readonly patterns: readonly string[];
  /** Must be raised with every change, which applies to indices created from then on. */
  readonly version: number;
  readonly settings: estypes.IndicesIndexSettings;
  readonly mappings: estypes.MappingTypeMapping;
  /** Fields that indices of earlier versions lack: they get them when the template is installed. */
  readonly added?: Record<string, estypes.MappingProperty>;
}

/**
 * Installs the template unless this version or a later one is installed: an older process must not undo the work of a
 * newer one. Returns whether it was installed. Retries as long as
 * the write that follows: where network policies are enforced, a server may refuse a pod that has only just started.
 */
export async function installTemplate(elasticsearch: Elasticsearch, template: Template): Promise<boolean> {
  const [isNew = false] = await installTemplates(elasticsearch, [template]);
  return isNew;
}

/** `installTemplate` for several, in their order: what is installed takes one request for all, as the first write waits for it. */
export async function installTemplates(
  elasticsearch: Elasticsearch,
  templates: readonly Template[],
): Promise<readonly boolean[]> {
  const purpose = `install the index templates ${templates.map(({ name }) => elasticsearch.index(name)).join(", ")}`;
  const found = await elasticsearch.runPatiently(purpose, (client) =>
    unlessMissing(
      client.indices.getIndexTemplate({
        name: elasticsearch.index("*"),
        filter_path: ["index_templates.name", "index_templates.index_template.version"],
      }),
    ),
  );
  const there = new Map(
    answerSchema.parse(found ?? {}).index_templates.map(({ name, index_template }) => [name, index_template?.version]),
  );
  const areNew: boolean[] = [];
  for (const template of templates) {
    const name = elasticsearch.index(template.name);
    const version = there.get(name);
    const isNew = version === undefined || version < template.version;
    if (isNew) await install(elasticsearch, template, version);
    areNew.push(isNew);
  }
  return areNew;
}

async function install(elasticsearch: Elasticsearch, template: Template, version: number | undefined): Promise<void> {
  const name = elasticsearch.index(template.name);
  const purpose = `install the index template ${name}`;
  // Before the template: a process that finds it in place takes the indices to be extended.
  if (version !== undefined) await extendIndices(elasticsearch, template, purpose);
  await elasticsearch.runPatiently(purpose, (client) =>
    client.indices.putIndexTemplate({
      name,
      index_patterns: template.patterns.map((pattern) => elasticsearch.index(pattern)),
      version: template.version,
      // Above the cluster's own templates, which may match everything.
      priority: 500,
      template: { settings: template.settings, mappings: template.mappings },
      _meta: { description: "Made by lapse" },
    }),
  );
}

async function extendIndices(elasticsearch: Elasticsearch, template: Template, purpose: string): Promise<void> {
  const { added } = template;
  if (added === undefined) return;
  await elasticsearch.runPatiently(purpose, (client) =>
    client.indices.putMapping({
      index: template.patterns.map((pattern) => elasticsearch.index(pattern)),
      allow_no_indices: true,
      ignore_unavailable: true,
      properties: added,
    }),
  );
}

const answerSchema = z.object({
  index_templates: z
    .array(z.object({ name: z.string(), index_template: z.object({ version: z.int().optional() }).optional() }))
    // An empty list is left out where only some fields are asked for.
    .default([]),
});
