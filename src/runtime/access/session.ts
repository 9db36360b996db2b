import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";

const sessionSchema = z.object({ key: z.string(), until: z.number() });

/** How long a reader need not show the key again. */
const sessionMilliseconds = 12 * 3_600_000;

/**
 * Sessions of people who read pages, as signed cookies: the cookie names the key that was shown, and not the key itself.
 * Whether the key is still valid is looked up at each request, so that revoking it ends the session.
 */
export class Sessions {
  readonly #secret: Uint8Array;
  readonly #now: () => number;

  /** `secret` signs the cookies: 32 random bytes. `now` is in milliseconds since the epoch. */
  constructor(secret: Uint8Array, now: () => number) {
    this.#secret = secret;
    this.#now = now;
  }

  /** The value of Set-Cookie that begins a session with a key. */
  begin(keyId: string, { secure }: { secure: boolean }): string {
    const session = JSON.stringify({ key: keyId, until: this.#now() + sessionMilliseconds });
    const payload = Buffer.from(session).toString("base64url");
    return setCookie(
      `${payload}.${this.#signature(payload).toString("base64url")}`,
      sessionMilliseconds / 1000,
      secure,
    );
  }

  /** The value of Set-Cookie that ends the session. */
  end({ secure }: { secure: boolean }): string {
    return setCookie("", 0, secure);
  }

  /** The id of the key of a request's session; undefined without one, and for one that is over or not signed here. */
  keyIdOf(cookieHeader: string | undefined): string | undefined {
    const value = cookieOf(cookieHeader);
    const [payload = "", signature = "", more] = value?.split(".") ?? [];
    if (value === undefined || more !== undefined) return undefined;
    const given = Buffer.from(signature, "base64url");
    const right = this.#signature(payload);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const session = jsonText(sessionSchema).safeParse(Buffer.from(payload, "base64url").toString());
    return session.success && this.#now() < session.data.until ? session.data.key : undefined;
  }

  #signature(payload: string): Buffer {
    return createHmac("sha256", this.#secret).update(payload).digest();
  }
}

const cookieName = "lapse_session";

/** Strict: a link on another site leads to the form, and never to a page with data. */
function setCookie(value: string, seconds: number, secure: boolean): string {
  const attributes = ["Path=/", `Max-Age=${seconds}`, "HttpOnly", "SameSite=Strict", ...(secure ? ["Secure"] : [])];
  return [`${cookieName}=${value}`, ...attributes].join("; ");
}

function cookieOf(header = ""): string | undefined {
  const start = `${cookieName}=`;
  const cookie = header.split(/; */).find((one) => one.startsWith(start));
  return cookie?.slice(start.length);
}
