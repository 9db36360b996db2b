import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { Client } from "minio";
import { InvalidInput } from "#churn/failure.ts";
import { boundedTransport } from "./bounded-transport.ts";

export interface MinioOptions {
  /** Such as `https://minio.example.com:9000`: no path, no user. */
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Needed with temporary credentials only. */
  readonly sessionToken?: string | undefined;
  readonly bucket: string;
  /** `us-east-1` unless set, which is what MinIO calls its region unless told otherwise. */
  readonly region?: string | undefined;
  /** A PEM file with the authority that signed the server's certificate; Node's own authorities unless set. */
  readonly caFile?: string | undefined;
  /** How long one request may take, its answer read to the end. */
  readonly timeoutMilliseconds: number;
}

export interface MinioConnection {
  readonly client: Client;
  /** Where MinIO is, for messages. */
  readonly url: string;
  readonly bucket: string;
  readonly region: string;
}

/**
 * A client for one bucket, or for whatever else speaks S3. Nothing is sent yet, so that a process starts whether MinIO
 * is up or not. Throws InvalidInput for settings that cannot be right.
 */
export function connectMinio(options: MinioOptions): MinioConnection {
  const { accessKey, secretKey, sessionToken, bucket, region = "us-east-1", timeoutMilliseconds } = options;
  const { origin, protocol, hostname, port } = parseUrl(options.url);
  const isSecure = protocol === "https:";
  const client = new Client({
    // IPv6 addresses stand in brackets in a URL, and nowhere else.
    endPoint: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (isSecure ? 443 : 80),
    useSSL: isSecure,
    accessKey,
    secretKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    // Without it the client asks for the bucket's region first, which takes a request and a right of its own.
    region,
    // One PUT whatever the size: of an upload in parts only the first request would carry If-None-Match, and not the last.
    partSize: largestPut,
    // Its own retries print to the console, and hide the answer.
    retryOptions: { disableRetry: true },
    transport: boundedTransport(isSecure ? https : http, timeoutMilliseconds),
    transportAgent: isSecure
      ? new https.Agent({ ...keepAlive, ...authority(options.caFile) })
      : new http.Agent(keepAlive),
  });
  return { client, url: origin, bucket, region };
}

/** Of S3, in bytes. */
const largestPut = 5 * 1024 ** 3;

/** Idle connections are given up, in milliseconds, well before MinIO does so: a request must not run into its closing. */
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
