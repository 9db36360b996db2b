import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import * as z from "zod";

/** The faults of a resource by its CRD, as `/spec/field message`; none if it is valid. */
export type CheckResource = (resource: unknown) => string[];

/**
 * The check that an API server makes with strict field validation, for one kind: reads its CustomResourceDefinition
 * from `<group>_<Kind>.yaml` in a folder. Throws if there is none, or none of that version.
 */
export async function crdCheck(folder: string, apiVersion: string, kind: string): Promise<CheckResource> {
  const [group, version] = apiVersion.split("/");
  const file = join(folder, `${group}_${kind}.yaml`);
  const { versions } = crdSchema.parse(parse(await readFile(file, "utf8"))).spec;
  const found = versions.find(({ name, served }) => name === version && served);
  if (found === undefined) throw new Error(`${file} does not serve version ${version}.`);
  return checkOf(found.schema.openAPIV3Schema);
}

/** The check for the OpenAPI v3 schema of a CRD. */
export function checkOf(schema: Schema): CheckResource {
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const root = {
    ...schema,
    required: ["apiVersion", "kind", "metadata"],
    properties: { ...envelope, ...schema.properties },
  };
  const validate = ajv.compile(strictly(root));
  return (resource) => (validate(resource) ? [] : (validate.errors ?? []).map(faultOf));
}

export interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema> | undefined;
}

/** What every resource has besides its schema; of the metadata, only what a person writes. */
const envelope: Record<string, Schema> = {
  apiVersion: { type: "string" },
  kind: { type: "string" },
  metadata: {
    type: "object",
    required: ["name"],
    properties: {
      name: { type: "string" },
      namespace: { type: "string" },
      labels: { type: "object", additionalProperties: { type: "string" } },
      annotations: { type: "object", additionalProperties: { type: "string" } },
    },
  },
};

/**
 * A structural schema as a JSON schema: objects take no unknown fields unless they say so, and int-or-string is spelled
 * out.
 */
function strictly(schema: Schema): Schema {
  const { properties, items, additionalProperties, ...rest } = schema;
  const strict: Schema = { ...rest };
  if (schema["x-kubernetes-int-or-string"] === true) strict.anyOf = [{ type: "integer" }, { type: "string" }];
  if (isSchema(items)) strict.items = strictly(items);
  if (isSchema(additionalProperties)) strict.additionalProperties = strictly(additionalProperties);
  if (properties !== undefined) {
    const entries = Object.entries(properties).map(([name, inner]) => [name, strictly(inner)]);
    strict.properties = Object.fromEntries(entries);
    if (additionalProperties === undefined && schema["x-kubernetes-preserve-unknown-fields"] !== true) {
      strict.additionalProperties = false;
    }
  }
  return strict;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function faultOf({ instancePath, message, params }: ErrorObject): string {
  const unknown: unknown = params.additionalProperty;
  return `${instancePath || "/"} ${message ?? "is not valid"}${typeof unknown === "string" ? `: ${unknown}` : ""}`;
}

const schemaSchema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({ properties: z.record(z.string(), schemaSchema).optional() }),
);

const crdSchema = z.object({
  kind: z.literal("CustomResourceDefinition"),
  spec: z.object({
    versions: z.array(
      z.object({ name: z.string(), served: z.boolean(), schema: z.object({ openAPIV3Schema: schemaSchema }) }),
    ),
  }),
});
