import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { JsonSchema } from "#runtime/openapi/json-schema.ts";

/** Whether a JSON schema of the API's description allows what is sent: a value as it is read from JSON. */
export function schemaCheck(schema: JsonSchema): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => validate(JSON.parse(JSON.stringify(value)));
}
