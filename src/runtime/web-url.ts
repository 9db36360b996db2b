import * as z from "zod";

/** The address of a server, as a setting. */
export const webUrl = z.url({ protocol: /^https?$/, error: "must be a URL that begins with http:// or https://." });
