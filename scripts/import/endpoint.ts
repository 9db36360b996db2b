import * as z from "zod";

/** Where `--to` sends: a base URL stands for its /events, a URL with a path for itself. */
export const endpointSchema = z
  .url({ protocol: /^https?$/, error: "takes a URL such as http://localhost:8080" })
  .transform((text) => {
    const url = new URL(text);
    if (url.pathname === "/") url.pathname = "/events";
    return url;
  });
