import { endOfString } from "./json-structure.ts";

/**
 * Whether `JSON.stringify` writes a value as it is written in a JSON text, but for the blanks between its parts: not where
 * parsing lost digits or one of two members with the same name, or put members in another order.
 */
export function isWrittenAs(json: string, value: unknown): boolean {
  const written = JSON.stringify(value);
  return written === json || written === withoutBlanks(json);
}

/** A JSON text without the blanks between its parts. */
function withoutBlanks(json: string): string {
  let kept = "";
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '"') {
      at = endOfString(json, at);
    } else if (isBlank(json[at])) {
      kept += json.slice(from, at);
      from = at + 1;
    }
  }
  return kept + json.slice(from);
}

/**
 * The text of the value that a member of an object has, given the text of the object, which must be valid JSON. Of several
 * members with the name, the last, which is the one that `JSON.parse` returns. Undefined if there is none.
 */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  // The name of the member that is being read, and where its value begins.
  let member: string | undefined;
  let from: number | undefined;
  const end = (at: number) => {
    if (member === name && from !== undefined) found = json.slice(from, at).trim();
    member = undefined;
    from = undefined;
  };
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '"': {
        const closing = endOfString(json, at);
        if (depth === 1 && from === undefined) member = JSON.parse(json.slice(at, closing + 1));
        at = closing;
        break;
      }
      case ":":
        if (depth === 1) from ??= at + 1;
        break;
      case ",":
        if (depth === 1) end(at);
        break;
      case "{":
      case "[":
        depth += 1;
        break;
      case "}":
      case "]":
        if (depth === 1) end(at);
        depth -= 1;
        break;
    }
  }
  return found;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\r" || character === "\t";
}
