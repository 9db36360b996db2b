import { type Elasticsearch, statusOf } from "./connection.ts";
import { installTemplate, type Template } from "./template.ts";

/**
 * Installs the template and creates the index of the same name if it is missing: an index created by the first write
 * fails reads with 503 for a moment, and some servers do not allow it. An index created by an older template gets the
 * fields that this one adds.
 */
export async function makeIndex(elasticsearch: Elasticsearch, template: Template): Promise<void> {
  const isNew = await installTemplate(elasticsearch, template);
  const index = elasticsearch.index(template.name);
  await elasticsearch.run(`make the index ${index}`, async (client) => {
    if (await client.indices.exists({ index })) {
      if (isNew) await client.indices.putMapping({ index, ...template.mappings });
      return;
    }
    try {
      await client.indices.create({ index });
    } catch (error) {
      // Another process was quicker.
      if (statusOf(error) !== 400 || !(await client.indices.exists({ index }))) throw error;
    }
  });
}
