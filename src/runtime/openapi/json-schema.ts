import * as z from "zod";
import { shownMember } from "../route-description.ts";

/** JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The JSON schema of what a schema takes (`input`), or of what it gives (`output`). */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...own } = z.toJSONSchema(schema, {
    io,
    // What a transformation makes has no schema of its own: anything.
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // What it says, the format says in one word.
      if (jsonSchema.format?.startsWith("date")) delete jsonSchema.pattern;
      const shown = jsonSchema[shownMember];
      if (!(shown instanceof z.ZodType)) return;
      for (const name of Object.keys(jsonSchema)) delete jsonSchema[name];
      Object.assign(jsonSchema, jsonSchemaOf(shown, io));
    },
  });
  return own;
}
