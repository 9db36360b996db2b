/** A content type taken apart; both parts in lower case. */
export interface MediaType {
  /** Such as `application/json`. */
  readonly name: string;
  /** The `charset` parameter, if there is one. */
  readonly charset: string | undefined;
}

/** Reads a Content-Type header; undefined when it is absent or malformed. */
export function parseMediaType(text: string | undefined): MediaType | undefined {
  // As nearly everyone sends it.
  if (text === json.name) return json;
  const [name, ...parameters] = (text ?? "").toLowerCase().split(";");
  const trimmed = name?.trim() ?? "";
  if (!/^[^\s/]+\/[^\s/]+$/.test(trimmed)) return undefined;
  const charset = parameters.map((part) => /^\s*charset\s*=\s*"?([^\s"]+)"?\s*$/.exec(part)?.[1]).find(Boolean);
  return { name: trimmed, charset };
}

const json: MediaType = { name: "application/json", charset: undefined };

/** Whether a media type says JSON: `application/json`, `text/json`, or any `+json`. */
export function isJson(name: string): boolean {
  return name === "application/json" || name === "text/json" || name.endsWith("+json");
}
