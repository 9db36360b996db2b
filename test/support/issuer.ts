import { exportJWK, generateKeyPair, type JWK } from "jose";
import * as z from "zod";
import { argumentsOf, RunningProgram } from "./running-program.ts";

/** A key that an issuer signs with. */
export async function issuerKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, use: "sig", alg: "ES256" };
}

/** A real issuer of tokens in a process of its own; `claims` say what its tokens hold beside what every token does. */
export class Issuer {
  readonly url: string;
  readonly #program: RunningProgram;

  private constructor(url: string, program: RunningProgram) {
    this.url = url;
    this.#program = program;
  }

  /** On any free port unless one is given, so that it can be started again with other keys. */
  static async start(options: {
    keys: readonly JWK[];
    claims: object;
    port?: number;
    /** Where people sign in from, and the claims of each by name. */
    desk?: { readonly url: string; readonly people: Readonly<Record<string, object>> };
  }): Promise<Issuer> {
    const program = new RunningProgram(process.execPath, argumentsOf("issuer"), {
      PORT: String(options.port ?? 0),
      ISSUER_KEYS: JSON.stringify({ keys: options.keys }),
      ROLES: JSON.stringify(options.claims),
      ...(options.desk && { DESK_URL: options.desk.url, PEOPLE: JSON.stringify(options.desk.people) }),
    });
    return new Issuer(await program.says(/^issuer (.*)$/), program);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** A token for an audience, as a client gets it. */
  async token(audience: string): Promise<string> {
    const response = await fetch(`${this.url}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "shop",
        client_secret: "shop-secret",
        resource: audience,
      }),
    });
    return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
  }

  async stop(): Promise<void> {
    await this.#program.end();
  }
}
