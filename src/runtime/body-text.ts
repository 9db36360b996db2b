import { InvalidInput } from "#churn/failure.ts";

/** The text of a body, without its byte order mark. Throws InvalidInput unless it is UTF-8. */
export function textOf(body: Uint8Array, charset: string | undefined): string {
  if (charset !== undefined && charset !== "utf-8" && charset !== "utf8" && charset !== "us-ascii")
    throw new InvalidInput("The body must be UTF-8; its content type names another charset.");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new InvalidInput("The body is not valid UTF-8.", { cause });
  }
}

/** The value that a JSON text holds. `what` names it in the message of the InvalidInput thrown when it holds none. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8's own message quotes the text, which may hold what must not be repeated.
    throw new InvalidInput(`${what} is not valid JSON.`, { cause });
  }
}
