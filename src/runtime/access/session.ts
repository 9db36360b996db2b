import * as z from "zod";
import { roles } from "./access.ts";
import { SignedCookie } from "./signed-cookie.ts";

/** Who has begun a session. */
const sessionSchema = z.union([
  /** With a key, by its id. Whether it is still valid is looked up at each request, so that revoking it ends the session. */
  z.object({ key: z.string() }),
  /** At an issuer, with the roles that it said then. */
  z.object({ person: z.object({ name: z.string(), issuer: z.string(), roles: z.array(z.enum(roles)) }) }),
]);

export type Session = z.infer<typeof sessionSchema>;

const hour = 3_600_000;

/**
 * Sessions of people who read pages, as signed cookies. One that was begun with a key lasts for half a day. One that was
 * begun at an issuer lasts for an hour, because until then it does not become known that a role was taken away; who is
 * still signed in there gets another with one click.
 */
export class Sessions {
  readonly #ofKeys: SignedCookie<Session>;
  readonly #ofPeople: SignedCookie<Session>;

  /** `secret` signs the cookies: at least 32 random bytes. `now` is in milliseconds since the epoch. */
  constructor(secret: Uint8Array, now: () => number) {
    const common = { name: "lapse_session", schema: sessionSchema, path: "/", secret, now };
    this.#ofKeys = new SignedCookie({ ...common, milliseconds: 12 * hour });
    this.#ofPeople = new SignedCookie({ ...common, milliseconds: hour });
  }

  /** The value of Set-Cookie that begins a session. */
  begin(session: Session, connection: { secure: boolean }): string {
    return ("key" in session ? this.#ofKeys : this.#ofPeople).set(session, connection);
  }

  /** The value of Set-Cookie that ends the session. */
  end(connection: { secure: boolean }): string {
    return this.#ofKeys.clear(connection);
  }

  /** Undefined for a request without a session, and for one that is over or not signed here. */
  sessionOf(cookieHeader: string | undefined): Session | undefined {
    return this.#ofKeys.read(cookieHeader);
  }
}
