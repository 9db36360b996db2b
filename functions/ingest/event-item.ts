import * as z from "zod";
import { type ContactDetails, readContactDetails } from "#churn/intake/read-contact.ts";
import { actionEvent, contactEvent } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { Unreadable } from "./item.ts";

/** What a contact says beside the action that it is stored as. */
export class ContactItem {
  /** To be read as any other. */
  readonly item: unknown;
  readonly campaignId: string | undefined;
  readonly channel: string | undefined;
  /** Whether it tells that the user wants no contact, and is none itself. */
  readonly isOptOut: boolean;

  constructor(item: unknown, { campaignId, channel, isOptOut }: ContactDetails) {
    this.item = item;
    this.campaignId = campaignId;
    this.channel = channel;
    this.isOptOut = isOptOut;
  }
}

/**
 * An event as an item: its own time counts where the data has none, and its id and source identify the action. A contact
 * is passive, and is called `contact` unless its data says more.
 */
export function itemOfEvent(event: LapseEvent): unknown {
  const isContact = event.type === contactEvent.type;
  if (!isContact && event.type !== actionEvent.type)
    return new Unreadable(`must be ${actionEvent.type} or ${contactEvent.type}.`, "type");
  if (event.data === undefined && event.bytes !== undefined) return new Unreadable("must be JSON.", "data");
  const data = dataSchema.safeParse(isContact ? (event.data ?? {}) : event.data);
  if (!data.success) return new Unreadable("must be an object that names the action.", "data");
  const contact = isContact ? readContactDetails(data.data) : undefined;
  if (contact !== undefined && "faults" in contact) {
    const [first] = contact.faults;
    return new Unreadable(first?.fault ?? "is not valid.", `data.${first?.field}`);
  }
  const item = {
    user_id: event.subject,
    action: isContact ? (data.data.action ?? (contact?.isOptOut === true ? "opt_out" : "contact")) : data.data.action,
    timestamp: data.data.timestamp ?? event.time,
    value: data.data.value,
    event_id: event.id,
    source: event.source,
    passive: isContact || data.data.passive,
  };
  return contact === undefined ? item : new ContactItem(item, contact);
}

/** What an event calls a field of an item. */
export function eventField(name: string | undefined): string | undefined {
  return name === undefined ? undefined : (eventFields.get(name) ?? name);
}

const anything = z.unknown().optional();

/** What the fields hold is for the item's own schema to judge. */
const dataSchema = z.looseObject({ action: anything, value: anything, timestamp: anything, passive: anything });

const eventFields: ReadonlyMap<string, string> = new Map([
  ["user_id", "subject"],
  ["action", "data.action"],
  ["timestamp", "time"],
  ["value", "data.value"],
  ["passive", "data.passive"],
  ["event_id", "id"],
]);
