import type { Role } from "#runtime/access/access.ts";
import type { AccessSettings } from "#runtime/access/access-settings.ts";
import { rolesIn } from "#runtime/access/roles-claim.ts";
import { IssuerUnavailable } from "#runtime/access/tokens.ts";

/** What a sign-in remembers while its person is at the issuer. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: who has stolen the code does not have it. */
  readonly verifier: string;
}

/** A person, as the issuer tells. */
export interface Person {
  readonly name: string;
  readonly issuer: string;
  readonly roles: readonly Role[];
}

/** Of one request to the issuer, in milliseconds. */
const timeout = 5_000;

/** The issuer that people sign in at; undefined unless lapse is a client of one. */
export function issuerOf(settings: AccessSettings): SignInIssuer | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, PUBLIC_URL: publicUrl } = settings;
  if (issuer === undefined || clientId === undefined || publicUrl === undefined) return undefined;
  return new SignInIssuer(settings, { issuer, clientId, redirectUri: new URL("/session/callback", publicUrl).href });
}

/**
 * Sign-in at an OpenID Connect issuer by the authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9207).
 * oauth4webapi, by the author of jose and certified, does the protocol; it is loaded when the first person signs in.
 */
export class SignInIssuer {
  readonly #settings: AccessSettings;
  readonly #of: { readonly issuer: string; readonly clientId: string; readonly redirectUri: string };

  constructor(settings: AccessSettings, of: { issuer: string; clientId: string; redirectUri: string }) {
    this.#settings = settings;
    this.#of = of;
  }

  /** Where the browser goes to sign in, and what to remember meanwhile. Throws IssuerUnavailable. */
  async begin(): Promise<{ readonly url: string; readonly attempt: Attempt }> {
    const oauth = await import("oauth4webapi");
    const { authorization_endpoint: endpoint } = await this.#configuration();
    if (endpoint === undefined) throw new IssuerUnavailable(`${this.#of.issuer} lets no one sign in.`);
    const attempt = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
    };
    const url = new URL(endpoint);
    const parameters = {
      client_id: this.#of.clientId,
      redirect_uri: this.#of.redirectUri,
      response_type: "code",
      scope: this.#settings.OIDC_SCOPE,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { url: url.href, attempt };
  }

  /**
   * Who comes back from the issuer with these parameters, or in words why it is not to be believed. Throws IssuerUnavailable
   * if that cannot be told now.
   */
  async complete(parameters: URLSearchParams, attempt: Attempt): Promise<Person | { readonly fault: string }> {
    const oauth = await import("oauth4webapi");
    const server = await this.#configuration();
    const { OIDC_CLIENT_SECRET: secret, OIDC_CLOCK_TOLERANCE_SECONDS: tolerance } = this.#settings;
    const client = { client_id: this.#of.clientId, [oauth.clockTolerance]: tolerance };
    try {
      const checked = oauth.validateAuthResponse(server, client, parameters, attempt.state);
      const authentication = secret === undefined ? oauth.None() : oauth.ClientSecretBasic(secret);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        checked,
        this.#of.redirectUri,
        attempt.verifier,
        await this.#requestOptions(),
      );
      const expected = { expectedNonce: attempt.nonce, requireIdToken: true };
      const claims = oauth.getValidatedIdTokenClaims(
        await oauth.processAuthorizationCodeResponse(server, client, response, expected),
      );
      if (claims === undefined) return { fault: "The issuer did not say who you are." };
      const { sub, email } = claims;
      return {
        // The subject is what the issuer vouches for; the address helps people who read the audit.
        name: typeof email === "string" ? `${email} (${sub})` : sub,
        issuer: this.#of.issuer,
        roles: rolesIn(claims, { claim: this.#settings.OIDC_ROLES_CLAIM, map: this.#settings.OIDC_ROLES }),
      };
    } catch (error) {
      if (error instanceof oauth.AuthorizationResponseError)
        return {
          fault: `The issuer did not let you in: ${(error.error_description ?? error.error).replace(/\.$/, "")}.`,
        };
      if (error instanceof oauth.OperationProcessingError || error instanceof oauth.ResponseBodyError)
        return { fault: "The response of the issuer does not belong to a sign-in that was begun here. Begin again." };
      throw new IssuerUnavailable(`${this.#of.issuer} cannot be asked now; try again later.`, { cause: error });
    }
  }

  /** Read for each sign-in: these are rare, and its keys and addresses may change. */
  async #configuration() {
    const oauth = await import("oauth4webapi");
    const issuer = new URL(this.#of.issuer);
    try {
      const response = await oauth.discoveryRequest(issuer, await this.#requestOptions());
      return await oauth.processDiscoveryResponse(issuer, response);
    } catch (cause) {
      throw new IssuerUnavailable(`The configuration of ${this.#of.issuer} cannot be read now; try again later.`, {
        cause,
      });
    }
  }

  async #requestOptions() {
    const oauth = await import("oauth4webapi");
    // Plain HTTP only reaches this machine: see issuerUrl.
    return { signal: AbortSignal.timeout(timeout), [oauth.allowInsecureRequests]: this.#of.issuer.startsWith("http:") };
  }
}
