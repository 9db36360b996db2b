import * as z from "zod";
import { dataSettings, serverSettings } from "../../runtime/settings.ts";

export const configSchema = z.object({ ...serverSettings, ...dataSettings });
