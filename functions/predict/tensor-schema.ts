import * as z from "zod";
import { outputName } from "./infer-request.ts";

// What V2 responses are, for readers; model-metadata.ts and infer.ts make them, and tests hold them to these schemas.

const shape = z.array(z.int());
const tensorMetadata = z.object({
  name: z.string(),
  datatype: z.enum(["BYTES", "FP64"]),
  shape: shape.describe("-1 stands for any number of users."),
});

export const modelMetadataSchema = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensorMetadata).describe("A request gives one of them."),
  outputs: z.array(tensorMetadata),
  properties: z.record(z.string(), z.string()).describe("features is a JSON array of the features' names, in order."),
});

export const inferResponseSchema = z.object({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  outputs: z.array(
    z.object({
      name: outputName,
      shape,
      datatype: z.enum(["BYTES", "FP64"]),
      data: z.array(z.union([z.number(), z.string()])),
    }),
  ),
});
