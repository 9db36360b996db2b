import { InvalidXMLError, S3Error } from "minio";
import { Failure } from "#churn/failure.ts";
import { StoreUnavailable } from "../../failures.ts";
import { NoAnswer, NotS3, Overloaded } from "./bounded-transport.ts";
import type { MinioConnection } from "./connection.ts";

type Target = Pick<MinioConnection, "url" | "bucket">;

/**
 * Does `work`, and tells a failure of MinIO or of the way to it as StoreUnavailable, in one line that names what to
 * check; `purpose` is such as "read the alias champion". No message has a key or secret in it.
 */
export async function available<T>(purpose: string, target: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Failure ? undefined : reasonOf(cause, target);
    throw reason === undefined ? cause : new StoreUnavailable(`Could not ${purpose}: ${reason}`, { cause });
  }
}

/** Whether `error` is a refusal by S3 with one of these codes, such as `NoSuchKey`. */
export function isRefusal(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof S3Error && error.code !== undefined && codes.includes(error.code);
}

/** What went wrong, in words; undefined for what is a defect of the program. */
function reasonOf(error: unknown, { url, bucket }: Target): string | undefined {
  // The client throws what it parsed from an answer of status 200 that is none of those it knows.
  if (!(error instanceof Error) || error instanceof InvalidXMLError) return `MinIO at ${url} gave an unknown answer.`;
  if (error instanceof S3Error) return refusalOf(error, { url, bucket });
  if (error instanceof NoAnswer) return `MinIO at ${url} gave ${error.message}.`;
  if (error instanceof Overloaded) return `MinIO at ${url} is not able to answer now (${error.message}).`;
  if (error instanceof NotS3) return `what answers at ${url} is not MinIO (${error.message}). Check MINIO_URL.`;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) return undefined;
  return isOfTls(code)
    ? `no secure connection to MinIO at ${url} (${code}). Check MINIO_URL and MINIO_CA_FILE.`
    : `no connection to MinIO at ${url} (${code}). Check MINIO_URL, and that MinIO runs.`;
}

function refusalOf({ code, message }: S3Error, { url, bucket }: Target): string {
  switch (code) {
    case "NoSuchBucket":
      return `MinIO at ${url} has no bucket ${bucket}. Check MINIO_BUCKET, or set MinIO up.`;
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "InvalidTokenId":
    case "ExpiredToken":
      return `MinIO at ${url} does not know these credentials. Check MINIO_ACCESS_KEY and MINIO_SECRET_KEY.`;
    case "AccessDenied":
      return `MinIO at ${url} does not allow it on bucket ${bucket}. Check the policy of the user of MINIO_ACCESS_KEY.`;
    case "AuthorizationHeaderMalformed":
      return `MinIO at ${url} has another region. Check MINIO_REGION.`;
    case "RequestTimeTooSkewed":
      return `the clock of this machine and that of MinIO at ${url} differ too much. Set them right.`;
    default:
      return `MinIO at ${url} refuses it (${code ?? "no code"}: ${message}).`;
  }
}

/** Node names faults of certificates and of the handshake so. */
function isOfTls(code: string): boolean {
  return /^ERR_(TLS|SSL)|CERT|SIGNATURE|^EPROTO$/.test(code);
}
