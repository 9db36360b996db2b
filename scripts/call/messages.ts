import * as z from "zod";

/** What the caller of a command sends to the running lapse: the call, then an answer to each question about a file. */
export const callerMessage = z.union([
  z.object({
    call: z.object({
      /** Of the program: another one may have other commands. */
      version: z.string(),
      args: z.array(z.string()),
      environment: z.record(z.string(), z.string()),
      user: z.string(),
      folder: z.string(),
      columns: z.int().positive(),
    }),
  }),
  z.object({ path: z.string() }),
  z.object({ unreadable: z.string() }),
]);
export type CallerMessage = z.infer<typeof callerMessage>;

/** What the running lapse sends back: what the command writes, which files it reads, and last its exit status. */
export const commandMessage = z.union([
  z.object({ out: z.string() }),
  z.object({ err: z.string() }),
  z.object({ input: z.string() }),
  z.object({ status: z.int().min(0).max(255) }),
]);
export type CommandMessage = z.infer<typeof commandMessage>;

/** Each message is a line of JSON. */
export function lineOf(message: CallerMessage | CommandMessage): string {
  return `${JSON.stringify(message)}\n`;
}
