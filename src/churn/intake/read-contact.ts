import { readFlag } from "./flag.ts";
import { faultOfNoTime, faultOfTime, readTime } from "./read-time.ts";
import { type ReadText, readText, saysNothing, textFaults, textLimits } from "./text.ts";

// Contacts come by the API, as events, pasted, and as files, and one rule holds for all. Files are judged by it in SQL:
// scripts/campaigns/contacts/import-contacts.ts; that all judge alike is tested there.

/** Most Unicode code points. */
export const contactLimits = { user_id: textLimits.user_id, campaign: 64, channel: 100 } as const;

/** What was sent to a user, or that they want nothing sent. */
export interface ReadContact {
  readonly userId: string;
  /** In milliseconds since the epoch. */
  readonly time: number;
  readonly campaignId: string | undefined;
  readonly channel: string | undefined;
  readonly isOptOut: boolean;
}

/** What is wrong with a contact: fields by their names, absent where it is the contact as a whole. */
export interface ContactFaults {
  readonly faults: readonly { readonly field?: string; readonly fault: string }[];
}

const fields: ReadonlySet<string> = new Set(["user_id", "timestamp", "campaign", "channel", "opt_out"]);

/**
 * Reads `{user_id, timestamp?, campaign?, channel?, opt_out?}`. A field of another name is a fault: a misspelt opt_out would
 * be the contrary of what was meant. Without a time it is of `now`. None may be before `oldest`; both in milliseconds since
 * the epoch.
 */
export function readContact(item: unknown, now: number, oldest: number): ReadContact | ContactFaults {
  if (typeof item !== "object" || item === null || Array.isArray(item))
    return { faults: [{ fault: "must be a JSON object." }] };
  const names = Object.keys(item);
  if (names.length > mostNames) return { faults: [{ fault: `has more than ${mostNames} fields.` }] };
  const given: Readonly<Record<string, unknown>> = { ...item };
  const user = readText(given.user_id, contactLimits.user_id);
  const time = readMoment(given.timestamp, now, oldest);
  const details = readContactDetails(given);
  const faults = [
    ...("fault" in user ? [{ field: "user_id", fault: user.fault }] : []),
    ...(typeof time === "string" ? [{ field: "timestamp", fault: time }] : []),
    ...("faults" in details ? details.faults : []),
    ...names.flatMap((field) => (fields.has(field) ? [] : [{ field, fault: "is no field of a contact." }])),
  ];
  if ("fault" in user || typeof time === "string" || "faults" in details || faults.length > 0) return { faults };
  return { userId: user.text, time, ...details };
}

/** Fields of one contact of which each is told that is none. */
const mostNames = 100;

/** What a contact says beside its user and time. */
export type ContactDetails = Pick<ReadContact, "campaignId" | "channel" | "isOptOut">;

/** Reads `{campaign?, channel?, opt_out?}`, and leaves other fields alone. */
export function readContactDetails(given: Readonly<Record<string, unknown>>): ContactDetails | ContactFaults {
  const campaign = readOptional(given.campaign, contactLimits.campaign);
  const channel = readOptional(given.channel, contactLimits.channel);
  const isOptOut = readFlag(given.opt_out) ?? false;
  const faults = [
    ...("fault" in campaign ? [{ field: "campaign", fault: campaign.fault }] : []),
    ...("fault" in channel ? [{ field: "channel", fault: channel.fault }] : []),
    ...(typeof isOptOut === "boolean" ? [] : [{ field: "opt_out", ...isOptOut }]),
  ];
  if ("fault" in campaign || "fault" in channel || typeof isOptOut !== "boolean") return { faults };
  return { campaignId: campaign.text, channel: channel.text, isOptOut };
}

function readOptional(value: unknown, limit: number): ReadText | { readonly text: undefined } {
  const read = readText(value, limit);
  return "fault" in read && read.fault === textFaults.absent ? { text: undefined } : read;
}

/** The time in milliseconds since the epoch, or what is wrong with it. */
function readMoment(value: unknown, now: number, oldest: number): number | string {
  if (saysNothing(value)) return now;
  const time = readTime(value);
  return time === undefined ? faultOfNoTime(value) : (faultOfTime(time, now, oldest) ?? time);
}
