import * as z from "zod";
import type { Environment } from "./config.ts";

const installed = "lapse";

/**
 * What is typed to call the program, for lines that are to be pasted: `npx lapse` in a clone, which has no command `lapse` on the path
 * (scripts/run.mjs says so), and `lapse` where it is installed.
 */
export function calledAs({ LAPSE_CALLED_AS: name }: Environment): string {
  return name || installed;
}

/** The same for functions whose pages tell such lines; `npm start` says with it which data folder they are to work on. */
export const calledAsSetting = { LAPSE_CALLED_AS: z.string().default(installed) };
