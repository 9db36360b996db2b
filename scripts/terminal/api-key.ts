import * as z from "zod";
import { brokerToken, brokerTokenSetting } from "#runtime/broker-token.ts";

/** The key that a command shows to a running lapse that asks for one. */
export const apiKeySetting = { LAPSE_API_KEY: z.string().optional() };

/** What a command shows to the broker: that key, or a token where Knative authenticates events. */
export const brokerKeySettings = { ...apiKeySetting, ...brokerTokenSetting };

/** Undefined if neither is set. Throws InvalidInput for a file that cannot be read. */
export async function brokerKey({
  LAPSE_API_KEY,
  BROKER_TOKEN_FILE,
}: {
  LAPSE_API_KEY?: string | undefined;
  BROKER_TOKEN_FILE?: string | undefined;
}): Promise<string | undefined> {
  return (await brokerToken(BROKER_TOKEN_FILE)) ?? LAPSE_API_KEY;
}
