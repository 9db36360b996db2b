import { InvalidInput } from "#churn/failure.ts";

/**
 * The value of an attribute that a `ce-` header holds (CloudEvents HTTP binding 1.0.2, 3.1.3.2): quotes around it and
 * their escapes go, percent-encoding is undone, and bytes that senders such as the Go SDK did not encode are UTF-8. A lone
 * percent sign stays. Throws InvalidInput for percent-encoded bytes that are not UTF-8.
 */
export function decodeHeader(attribute: string, value: string): string {
  return unquoted(utf8Of(value)).replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch (cause) {
      const message = `${attribute} is percent-encoded, but not as UTF-8.`;
      throw new InvalidInput(message, { cause, details: { field: attribute } });
    }
  });
}

/** Node reads the bytes of headers as Latin-1, which JavaScript senders do use: bytes that are not UTF-8 stay so. */
function utf8Of(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

function unquoted(value: string): string {
  const inside = /^"((?:[^"\\]|\\.)*)"$/s.exec(value)?.[1];
  return inside === undefined ? value : inside.replace(/\\(.)/gs, "$1");
}
