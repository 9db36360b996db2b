import type { JWTPayload, JWTVerifyGetKey } from "jose";
import * as z from "zod";
import { Failure } from "#churn/failure.ts";
import type { Role } from "./access.ts";
import type { Credentials } from "./access-gate.ts";
import { issuerUrl } from "./issuer-url.ts";
import type { Verdict } from "./keyring.ts";
import { rolesIn } from "./roles-claim.ts";

export interface TokensOptions {
  /** As `iss` has it, and where its configuration is found. */
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string | undefined;
  readonly rolesClaim: string;
  /** What the claim's values mean; undefined if they are names of roles. */
  readonly roleMap: ReadonlyMap<string, readonly Role[]> | undefined;
  readonly algorithms: readonly string[];
  readonly clockToleranceSeconds: number;
  /** The least time between two looks at the issuer's keys, whatever tokens come. */
  readonly cooldownMilliseconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The issuer's keys cannot be read now, so no token can be checked. */
export class IssuerUnavailable extends Failure {
  override readonly name = "IssuerUnavailable";
  override readonly kind = "unavailable";
}

/** Of one request to the issuer, in milliseconds. */
const timeout = 5_000;

/**
 * Checks JSON Web Tokens of one OpenID Connect issuer (RFC 9068 and its kin): signature, issuer, audience, times. Its keys
 * are read when the first token comes, kept for ten minutes, and read again for a token with a key that is not known,
 * but not more often than the cooldown; the package that does this is loaded then too.
 */
export class Tokens implements Credentials {
  readonly #options: TokensOptions;
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  /** Throws IssuerUnavailable. */
  async verify(token: string): Promise<Verdict> {
    const { issuer, audience, algorithms, clockToleranceSeconds, now } = this.#options;
    const { jwtVerify, errors } = await import("jose");
    this.#keys ??= this.#readKeys().catch((error: unknown) => {
      this.#keys = undefined;
      throw error;
    });
    const keys = await this.#keys;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now()),
        requiredClaims: ["exp", "sub"],
      });
      return { caller: { name: payload.sub ?? "", id: issuer, by: "token", roles: this.#rolesOf(payload) } };
    } catch (error) {
      const fault = faultOf(error, errors);
      if (fault !== undefined) return { fault };
      throw new IssuerUnavailable(`The keys of ${issuer} cannot be read now; try again later.`, { cause: error });
    }
  }

  async #readKeys(): Promise<JWTVerifyGetKey> {
    const { createRemoteJWKSet } = await import("jose");
    const { issuer, cooldownMilliseconds, jwksUrl = await jwksUrlOf(issuer) } = this.#options;
    return createRemoteJWKSet(new URL(jwksUrl), {
      timeoutDuration: timeout,
      cacheMaxAge: 600_000,
      cooldownDuration: cooldownMilliseconds,
    });
  }

  #rolesOf(payload: JWTPayload): readonly Role[] {
    const { rolesClaim, roleMap } = this.#options;
    return rolesIn(payload, { claim: rolesClaim, map: roleMap });
  }
}

/** What the caller is told of a token that is not taken; undefined for anything else that went wrong. */
function faultOf(error: unknown, errors: typeof import("jose").errors): string | undefined {
  if (error instanceof errors.JWTExpired) return "The token has expired.";
  if (error instanceof errors.JWTClaimValidationFailed) return `The claim ${error.claim} of the token is not right.`;
  if (error instanceof errors.JOSEAlgNotAllowed) return "The token is signed in a way that is not taken.";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The signature of the token is wrong.";
  if (error instanceof errors.JWKSNoMatchingKey) return "The token is signed with a key that its issuer does not have.";
  const isMalformed =
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSMultipleMatchingKeys;
  return isMalformed ? "This is neither a key nor a token that can be read." : undefined;
}

const configurationSchema = z.object({ issuer: z.string(), jwks_uri: issuerUrl });

/** OpenID Connect Discovery 1.0, 4: the configuration must name the issuer that it was asked of. */
async function jwksUrlOf(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const unavailable = (cause: unknown) =>
    new IssuerUnavailable(`The configuration of ${issuer} cannot be read now; try again later.`, { cause });
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout), redirect: "error" });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const configuration = configurationSchema.parse(await response.json());
    if (configuration.issuer !== issuer) throw new Error(`${url} is of the issuer ${configuration.issuer}`);
    return configuration.jwks_uri;
  } catch (error) {
    throw unavailable(error);
  }
}
