import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";

export interface SignedCookieOptions<Value> {
  readonly name: string;
  readonly schema: z.ZodType<Value>;
  /** Where it is sent, with all below. */
  readonly path: string;
  readonly milliseconds: number;
  /** Signs it: at least 32 random bytes. */
  readonly secret: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * A cookie whose value is read back only as it was written here, and for a limited time. Out of reach of scripts. It is Lax:
 * it comes along when a link of another site, such as a mail or the issuer that a person signs in at, leads here, but with
 * no form and no request of such a site.
 */
export class SignedCookie<Value> {
  readonly #options: SignedCookieOptions<Value>;

  constructor(options: SignedCookieOptions<Value>) {
    this.#options = options;
  }

  /** The value of Set-Cookie; `secure` where the browser came by HTTPS. */
  set(value: Value, { secure }: { secure: boolean }): string {
    const { now, milliseconds } = this.#options;
    const payload = Buffer.from(JSON.stringify({ value, until: now() + milliseconds })).toString("base64url");
    return this.#header(`${payload}.${this.#signature(payload).toString("base64url")}`, milliseconds / 1000, secure);
  }

  /** The value of Set-Cookie that removes it. */
  clear({ secure }: { secure: boolean }): string {
    return this.#header("", 0, secure);
  }

  /** Undefined without it, and for one that is over or was not signed here. */
  read(cookieHeader: string | undefined): Value | undefined {
    const text = this.#valueIn(cookieHeader);
    const [payload = "", signature = "", more] = text?.split(".") ?? [];
    if (text === undefined || more !== undefined) return undefined;
    const given = Buffer.from(signature, "base64url");
    const right = this.#signature(payload);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const { schema, now } = this.#options;
    const parsed = jsonText(envelope).safeParse(Buffer.from(payload, "base64url").toString());
    if (!parsed.success || now() >= parsed.data.until) return undefined;
    return schema.safeParse(parsed.data.value).data;
  }

  /** With the name, so that one cookie cannot stand for another. */
  #signature(payload: string): Buffer {
    return createHmac("sha256", this.#options.secret).update(`${this.#options.name}=${payload}`).digest();
  }

  #header(value: string, seconds: number, secure: boolean): string {
    const { name, path } = this.#options;
    const attributes = [
      `Path=${path}`,
      `Max-Age=${seconds}`,
      "HttpOnly",
      "SameSite=Lax",
      ...(secure ? ["Secure"] : []),
    ];
    return [`${name}=${value}`, ...attributes].join("; ");
  }

  #valueIn(header = ""): string | undefined {
    const start = `${this.#options.name}=`;
    return header
      .split(/; */)
      .find((one) => one.startsWith(start))
      ?.slice(start.length);
  }
}

const envelope = z.object({ value: z.unknown(), until: z.number() });
