import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parseConfig } from "./config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "./store-settings.ts";

const schema = withStoreRules(z.object({ ...storeSettings, TOKEN: z.string("is required.").optional() }));
const optionsOf = (env: Record<string, string>) => storeOptionsOf(parseConfig(schema, env));

describe("store settings", () => {
  it("mean files on this machine where no server is named", () => {
    expect(optionsOf({})).toEqual({ dataDir: ".lapse", elasticsearch: undefined, minio: undefined });
    expect(optionsOf({ DATA_DIR: "/data", MINIO_ACCESS_KEY: "unused" }).dataDir).toBe("/data");
  });

  it("name Elasticsearch, with an API key, a user, or neither", () => {
    const url = "https://search.example:9243";
    expect(optionsOf({ ELASTICSEARCH_URL: url, ELASTICSEARCH_CA_FILE: "ca.pem" }).elasticsearch).toEqual({
      url,
      prefix: "lapse",
      auth: undefined,
      caFile: "ca.pem",
      timeoutMilliseconds: 30_000,
      retryMilliseconds: 20_000,
      random: Math.random,
    });
    expect(optionsOf({ ELASTICSEARCH_URL: url, ELASTICSEARCH_API_KEY: "k" }).elasticsearch?.auth).toEqual({
      apiKey: "k",
    });
    const user = { ELASTICSEARCH_USERNAME: "lapse", ELASTICSEARCH_PASSWORD: "p" };
    expect(optionsOf({ ELASTICSEARCH_URL: url, ...user }).elasticsearch?.auth).toEqual({
      username: "lapse",
      password: "p",
    });
  });

  it("name MinIO", () => {
    const env = {
      MINIO_URL: "http://minio:9000",
      MINIO_ACCESS_KEY: "a",
      MINIO_SECRET_KEY: "s",
      MINIO_BUCKET: "models",
    };
    expect(optionsOf(env).minio).toEqual({
      url: "http://minio:9000",
      accessKey: "a",
      secretKey: "s",
      bucket: "models",
      region: undefined,
      caFile: undefined,
      timeoutMilliseconds: 10_000,
      random: Math.random,
    });
  });

  it("are refused with all faults together, and without their values", () => {
    const parse = () =>
      parseConfig(schema, {
        ELASTICSEARCH_URL: "s3cret",
        ELASTICSEARCH_USERNAME: "s3cret",
        ELASTICSEARCH_API_KEY: "s3cret",
        ELASTICSEARCH_PREFIX: "S3cret",
        MINIO_URL: "http://minio:9000",
        MINIO_BUCKET: "S3cret",
      });
    expect(parse).toThrow(
      [
        "The settings are not usable:",
        "  ELASTICSEARCH_URL must be a URL that begins with http:// or https://.",
        "  ELASTICSEARCH_PREFIX must be of small letters, digits and . _ -, at most 64 of them.",
        "  MINIO_BUCKET must be a bucket's name: 3 to 63 small letters, digits, dots and dashes.",
        "  ELASTICSEARCH_PASSWORD is needed with ELASTICSEARCH_USERNAME.",
        "  ELASTICSEARCH_API_KEY cannot be used together with ELASTICSEARCH_USERNAME.",
        "  MINIO_ACCESS_KEY is needed with MINIO_URL.",
        "  MINIO_SECRET_KEY is needed with MINIO_URL.",
      ].join("\n"),
    );
    expect(parse).not.toThrow(/s3cret/i);
  });
});
