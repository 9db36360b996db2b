import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { Client } from "minio";
import { InvalidInput } from "#churn/failure.ts";
import type { StoreSpans } from "../../store-spans.ts";
import { FirstConnection } from "../first-connection.ts";
import { boundedTransport } from "./bounded-transport.ts";

export interface MinioOptions {
  /** Such as `https://minio.example.com:9000`, without path or user. */
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Only needed with temporary credentials. */
  readonly sessionToken?: string | undefined;
  readonly bucket: string;
  /** `us-east-1`, MinIO's own default, unless set. */
  readonly region?: string | undefined;
  /** A PEM file with the authority that signed the server's certificate; Node's own unless set. */
  readonly caFile?: string | undefined;
  /** How long one request may take, including reading the response. */
  readonly timeoutMilliseconds: number;
  /** Draws from [0, 1), so that callers who were refused together do not return together. */
  readonly random: () => number;
  readonly spans?: StoreSpans | undefined;
}

export interface MinioConnection {
  readonly client: Client;
  /** For messages. */
  readonly url: string;
  readonly bucket: string;
  readonly region: string;
  readonly first: FirstConnection;
  readonly spans?: StoreSpans | undefined;
}

/**
 * A client for one bucket on MinIO or another S3 server. Sends nothing yet, so that a process starts whether or not the
 * server is up. Throws InvalidInput for settings that cannot be right.
 */
export function connectMinio(options: MinioOptions): MinioConnection {
  const { accessKey, secretKey, sessionToken, bucket, region = "us-east-1", timeoutMilliseconds } = options;
  const { origin, protocol, hostname, port } = parseUrl(options.url);
  const isSecure = protocol === "https:";
  const client = new Client({
    // Only URLs have brackets around IPv6 addresses.
    endPoint: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (isSecure ? 443 : 80),
    useSSL: isSecure,
    accessKey,
    secretKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    // Without it the client first asks for the bucket's region, which takes a request and a permission of its own.
    region,
    // One PUT for any size: of a multipart upload only the first request would carry If-None-Match.
    partSize: largestPut,
    // The client's own retries print to the console and hide the response.
    retryOptions: { disableRetry: true },
    transport: boundedTransport(isSecure ? https : http, timeoutMilliseconds),
    transportAgent: isSecure
      ? new https.Agent({ ...keepAlive, ...authority(options.caFile) })
      : new http.Agent(keepAlive),
  });
  return { client, url: origin, bucket, region, first: new FirstConnection(options.random), spans: options.spans };
}

/** S3's limit, in bytes. */
const largestPut = 5 * 1024 ** 3;

/**
 * In milliseconds. Idle connections are closed well before MinIO closes them, so that no request meets a closing one.
 */
const keepAlive = { keepAlive: true, timeout: 5_000 };

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable = url?.pathname === "/" && url.username === "" && /^https?:$/.test(url.protocol);
  if (isUsable) return url;
  throw new InvalidInput("MINIO_URL must be like https://minio.example.com:9000, with no path and no user.");
}

function authority(caFile: string | undefined): { ca?: string } {
  if (caFile === undefined) return {};
  try {
    return { ca: readFileSync(caFile, "utf8") };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInput(`Could not read the file that MINIO_CA_FILE names: ${reason}`, { cause });
  }
}
