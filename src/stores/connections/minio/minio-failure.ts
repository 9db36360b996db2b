import { InvalidXMLError, S3Error } from "minio";
import { Failure } from "#churn/failure.ts";
import { StoreUnavailable } from "../../failures.ts";
import { inRequestSpan } from "../../store-spans.ts";
import { NoAnswer, NotS3, Overloaded } from "./bounded-transport.ts";
import type { MinioConnection } from "./connection.ts";

type Target = Pick<MinioConnection, "url" | "bucket" | "first" | "spans">;
type Place = Pick<MinioConnection, "url" | "bucket">;

/**
 * Runs `work`. Throws StoreUnavailable if MinIO or the connection to it fails, with one line that says what to check;
 * `purpose` ("read the alias champion") completes "Could not …". No message contains a key or secret.
 */
export async function available<T>(purpose: string, target: Target, work: () => Promise<T>): Promise<T> {
  const attributes = {
    "db.system.name": "minio",
    "server.address": new URL(target.url).hostname,
    "aws.s3.bucket": target.bucket,
  };
  return inRequestSpan(target.spans, purpose, attributes, async () => {
    try {
      return await target.first.run(work, isRefusedConnection);
    } catch (cause) {
      const reason = cause instanceof Failure ? undefined : reasonOf(cause, target);
      throw reason === undefined ? cause : new StoreUnavailable(`Could not ${purpose}: ${reason}`, { cause });
    }
  });
}

function isRefusedConnection(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
}

/** Whether S3 refused the request with one of these codes, such as `NoSuchKey`. */
export function isRefusal(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof S3Error && error.code !== undefined && codes.includes(error.code);
}

/** What went wrong, in words; undefined for a defect of ours. */
function reasonOf(error: unknown, { url, bucket }: Place): string | undefined {
  // If the client does not know a response of status 200, it throws what it parsed.
  if (!(error instanceof Error) || error instanceof InvalidXMLError) return `MinIO at ${url} sent an unknown response.`;
  if (error instanceof S3Error) return refusalOf(error, { url, bucket });
  if (error instanceof NoAnswer) return `MinIO at ${url} sent ${error.message}.`;
  if (error instanceof Overloaded) return `MinIO at ${url} cannot respond now (${error.message}).`;
  if (error instanceof NotS3) return `the server at ${url} is not MinIO (${error.message}). Check MINIO_URL.`;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) return undefined;
  return isOfTls(code)
    ? `no secure connection to MinIO at ${url} (${code}). Check MINIO_URL and MINIO_CA_FILE.`
    : `no connection to MinIO at ${url} (${code}). Check MINIO_URL, and that MinIO is running.`;
}

function refusalOf({ code, message }: S3Error, { url, bucket }: Place): string {
  switch (code) {
    case "NoSuchBucket":
      return `MinIO at ${url} has no bucket ${bucket}. Check MINIO_BUCKET, or set MinIO up.`;
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "InvalidTokenId":
    case "ExpiredToken":
      return `MinIO at ${url} does not know these credentials. Check MINIO_ACCESS_KEY and MINIO_SECRET_KEY.`;
    case "AccessDenied":
      return `MinIO at ${url} does not allow this on bucket ${bucket}. Check the policy of the user of MINIO_ACCESS_KEY.`;
    case "AuthorizationHeaderMalformed":
      return `MinIO at ${url} is in another region. Check MINIO_REGION.`;
    case "RequestTimeTooSkewed":
      return `the clocks of this machine and of MinIO at ${url} differ too much. Correct them.`;
    default:
      return `MinIO at ${url} refused (${code ?? "no code"}: ${message}).`;
  }
}

/** Node's codes for faults of certificates and of the handshake. */
function isOfTls(code: string): boolean {
  return /^ERR_(TLS|SSL)|CERT|SIGNATURE|^EPROTO$/.test(code);
}
