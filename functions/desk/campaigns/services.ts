import type { DeskServices } from "../services.ts";

/** What campaigns work with. */
export type CampaignsServices = Pick<
  DeskServices,
  "actions" | "features" | "campaigns" | "contacts" | "audit" | "logger" | "now" | "newId"
>;
