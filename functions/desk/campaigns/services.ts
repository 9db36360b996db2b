import type { DeskServices } from "../services.ts";

/** What campaigns work with. */
export type CampaignsServices = Pick<
  DeskServices,
  | "actions"
  | "features"
  | "users"
  | "campaigns"
  | "contacts"
  | "audit"
  | "logger"
  | "now"
  | "oldest"
  | "newId"
  | "publish"
  | "hasReceiver"
  | "costs"
>;
