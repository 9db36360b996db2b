import * as z from "zod";
import { serverSettings } from "#runtime/settings.ts";
import { webUrl } from "#runtime/web-url.ts";

export const brokerUrlSettings = { PORT: serverSettings.PORT, BROKER_URL: webUrl.optional() };

const settings = z.object(brokerUrlSettings);

/** Where a command sends events: BROKER_URL, or else the broker of a lapse that runs on this machine. */
export function brokerUrl({ BROKER_URL: url, PORT: port }: z.infer<typeof settings>): string {
  return url ?? `http://localhost:${port}/broker`;
}
