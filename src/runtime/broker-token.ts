import { readFile } from "node:fs/promises";
import * as z from "zod";
import { EventNotTaken } from "./failures.ts";

/**
 * The file with the token that the Broker asks its senders for, where Knative authenticates events: that of a service account,
 * which the kubelet renews in place. So it is read for every event.
 */
export const brokerTokenSetting = { BROKER_TOKEN_FILE: z.string().optional() };

/** Undefined if no file is set. Throws EventNotTaken if it cannot be read: what is to be sent is not at fault, and may be sent later. */
export async function brokerToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new EventNotTaken(`Cannot read the token in ${file} (BROKER_TOKEN_FILE).`, { cause });
  });
  return text.trim();
}
