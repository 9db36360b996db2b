/**
 * The responses of the Open Inference Protocol as JSON schemas, for tests. After the OpenAPI file of
 * kserve/open-inference-protocol (specification/protocol/open_inference_rest.yaml), Copyright 2023 The KServe Authors,
 * Apache License 2.0; here without its descriptions and examples.
 */
export const openInferenceSchemas = {
  $id: "open-inference",
  definitions: {
    metadata_server_response: {
      type: "object",
      properties: {
        name: { type: "string" },
        version: { type: "string" },
        extensions: { type: "array", items: { type: "string" } },
      },
      required: ["name", "version", "extensions"],
    },
    metadata_model_response: {
      type: "object",
      properties: {
        name: { type: "string" },
        versions: { type: "array", items: { type: "string" } },
        platform: { type: "string" },
        inputs: { type: "array", items: { $ref: "#/definitions/metadata_tensor" } },
        outputs: { type: "array", items: { $ref: "#/definitions/metadata_tensor" } },
        properties: { type: "object", additionalProperties: { type: "string" } },
      },
      required: ["name", "platform"],
    },
    metadata_tensor: {
      type: "object",
      properties: {
        name: { type: "string" },
        datatype: { type: "string" },
        shape: { type: "array", items: { type: "integer" } },
      },
      required: ["name", "datatype", "shape"],
    },
    tensor_data: {
      type: "array",
      items: {
        anyOf: [{ $ref: "#/definitions/tensor_data" }, { type: "number" }, { type: "string" }, { type: "boolean" }],
      },
    },
    response_output: {
      type: "object",
      properties: {
        name: { type: "string" },
        shape: { type: "array", items: { type: "integer" } },
        datatype: { type: "string" },
        parameters: { type: "object" },
        data: { $ref: "#/definitions/tensor_data" },
      },
      required: ["name", "shape", "datatype", "data"],
    },
    inference_response: {
      type: "object",
      properties: {
        model_name: { type: "string" },
        model_version: { type: "string" },
        id: { type: "string" },
        parameters: { type: "object" },
        outputs: { type: "array", items: { $ref: "#/definitions/response_output" } },
      },
      required: ["model_name", "outputs"],
    },
    /** Of server metadata, model metadata and inference alike. */
    error_response: {
      type: "object",
      properties: { error: { type: "string" } },
      required: ["error"],
    },
  },
};
