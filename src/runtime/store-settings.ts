import * as z from "zod";
import { wholeNumber } from "./settings.ts";
import { storeSpans } from "./tracing/store-spans.ts";
import type { Tracer } from "./tracing/tracer.ts";
import type { Unreadable } from "./unreadable-log.ts";
import { webUrl } from "./web-url.ts";

/** Without a server: where the embedded stores keep their files. */
const dataSettings = {
  DATA_DIR: z.string().default(".lapse"),
};

/** Actions, features, scores and dead letters are in Elasticsearch if ELASTICSEARCH_URL is set. */
const elasticsearchSettings = {
  ELASTICSEARCH_URL: webUrl.optional(),
  ELASTICSEARCH_API_KEY: z.string().optional(),
  ELASTICSEARCH_USERNAME: z.string().optional(),
  ELASTICSEARCH_PASSWORD: z.string().optional(),
  /** A PEM file with the authority that signed the server's certificate. */
  ELASTICSEARCH_CA_FILE: z.string().optional(),
  /** What the names of all indices begin with. */
  ELASTICSEARCH_PREFIX: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "must be of small letters, digits and . _ -, at most 64 of them.")
    .default("lapse"),
  /** How long one request may take. */
  ELASTICSEARCH_TIMEOUT_MS: wholeNumber(100, 600_000).default(30_000),
  /** How long a write is tried again that the server has no room for. */
  ELASTICSEARCH_RETRY_MS: wholeNumber(0, 600_000).default(20_000),
};

/** Model versions are in MinIO, or another S3 server, if MINIO_URL is set. */
const minioSettings = {
  MINIO_URL: webUrl.optional(),
  MINIO_ACCESS_KEY: z.string().optional(),
  MINIO_SECRET_KEY: z.string().optional(),
  MINIO_BUCKET: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "must be a bucket's name: 3 to 63 small letters, digits, dots and dashes.",
    )
    .default("lapse"),
  MINIO_REGION: z.string().optional(),
  /** A PEM file with the authority that signed the server's certificate. */
  MINIO_CA_FILE: z.string().optional(),
  /** How long one request may take. */
  MINIO_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
};

/** Where the stores are; take `withStoreRules` for a schema that has them. */
export const storeSettings = { ...dataSettings, ...elasticsearchSettings, ...minioSettings };

const storeSettingsSchema = z.object(storeSettings);
export type StoreSettings = z.infer<typeof storeSettingsSchema>;

/** Adds what must hold between store settings. */
export function withStoreRules<Schema extends z.ZodType<StoreSettings>>(schema: Schema): Schema {
  // Also where other settings are wrong, so that all faults are told together.
  const rule = (setting: keyof StoreSettings, error: string) => ({ path: [setting], error, when: () => true });
  return schema
    .refine(
      (config) => config.ELASTICSEARCH_USERNAME === undefined || config.ELASTICSEARCH_PASSWORD !== undefined,
      rule("ELASTICSEARCH_PASSWORD", "is needed with ELASTICSEARCH_USERNAME."),
    )
    .refine(
      (config) => config.ELASTICSEARCH_USERNAME === undefined || config.ELASTICSEARCH_API_KEY === undefined,
      rule("ELASTICSEARCH_API_KEY", "cannot be used together with ELASTICSEARCH_USERNAME."),
    )
    .refine(
      (config) => config.MINIO_URL === undefined || config.MINIO_ACCESS_KEY !== undefined,
      rule("MINIO_ACCESS_KEY", "is needed with MINIO_URL."),
    )
    .refine(
      (config) => config.MINIO_URL === undefined || config.MINIO_SECRET_KEY !== undefined,
      rule("MINIO_SECRET_KEY", "is needed with MINIO_URL."),
    );
}

/** Who is told of what happens at the stores. */
export interface StoreWatch {
  /** Told of each request to a store that is made once more. */
  readonly onRetry?: (store: "elasticsearch") => void;
  /** Told of documents, rows and lines that cannot be read and are left out. */
  readonly onUnreadable?: (documents: Unreadable) => void;
  /** Told of the embedded database's write-ahead log where it ends within a write. */
  readonly onTornLog?: (torn: { readonly path: string; readonly bytes: number }) => void;
}

/** The settings in the form that the stores take. Calls of stores are recorded where there is a tracer. */
export function storeOptionsOf(
  config: StoreSettings,
  { onRetry, onUnreadable, onTornLog }: StoreWatch = {},
  tracer?: Tracer,
) {
  const { ELASTICSEARCH_URL, MINIO_URL, MINIO_ACCESS_KEY, MINIO_SECRET_KEY } = config;
  return {
    dataDir: config.DATA_DIR,
    onRetry,
    onUnreadable,
    onTornLog,
    spans: tracer && storeSpans,
    elasticsearch:
      ELASTICSEARCH_URL === undefined
        ? undefined
        : {
            url: ELASTICSEARCH_URL,
            prefix: config.ELASTICSEARCH_PREFIX,
            auth: elasticsearchAuth(config),
            caFile: config.ELASTICSEARCH_CA_FILE,
            timeoutMilliseconds: config.ELASTICSEARCH_TIMEOUT_MS,
            retryMilliseconds: config.ELASTICSEARCH_RETRY_MS,
            random: Math.random,
          },
    minio:
      MINIO_URL === undefined || MINIO_ACCESS_KEY === undefined || MINIO_SECRET_KEY === undefined
        ? undefined
        : {
            url: MINIO_URL,
            accessKey: MINIO_ACCESS_KEY,
            secretKey: MINIO_SECRET_KEY,
            bucket: config.MINIO_BUCKET,
            region: config.MINIO_REGION,
            caFile: config.MINIO_CA_FILE,
            timeoutMilliseconds: config.MINIO_TIMEOUT_MS,
            random: Math.random,
          },
  };
}

function elasticsearchAuth(config: StoreSettings) {
  const { ELASTICSEARCH_API_KEY, ELASTICSEARCH_USERNAME, ELASTICSEARCH_PASSWORD } = config;
  if (ELASTICSEARCH_API_KEY !== undefined) return { apiKey: ELASTICSEARCH_API_KEY };
  if (ELASTICSEARCH_USERNAME === undefined || ELASTICSEARCH_PASSWORD === undefined) return undefined;
  return { username: ELASTICSEARCH_USERNAME, password: ELASTICSEARCH_PASSWORD };
}
