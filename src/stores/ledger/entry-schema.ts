import * as z from "zod";

export const roleSchema = z.enum(["champion", "challenger"]);
export const stateSchema = z.enum(["here", "lapsed"]);
export const armSchema = z.enum(["treatment", "control"]);
