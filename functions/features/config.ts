import * as z from "zod";
import { churnSettings, dataSettings, serverSettings } from "../../runtime/settings.ts";

export const configSchema = z.object({ ...serverSettings, ...dataSettings, ...churnSettings });
