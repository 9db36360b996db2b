import * as z from "zod";

/** What a schema found wrong, each fault with where it is and without a full stop: `inputs[0].data: must be an array; id: …`. */
export function faultText({ issues }: z.ZodError): string {
  const shown = issues.slice(0, 3).map(({ path, message }) => {
    const place = z.core.toDotPath(path);
    const fault = message.replace(/\.$/, "");
    return place === "" ? fault : `${place}: ${fault}`;
  });
  const left = issues.length - shown.length;
  return left > 0 ? `${shown.join("; ")}; and ${left} more` : shown.join("; ");
}
