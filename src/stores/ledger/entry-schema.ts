import * as z from "zod";
import { arms } from "#churn/campaign/campaign.ts";
import { userStates } from "#churn/population.ts";
import { aliasNames } from "../models/model-store.ts";

export const roleSchema = z.enum(aliasNames);
export const stateSchema = z.enum(userStates);
export const armSchema = z.enum(arms);
