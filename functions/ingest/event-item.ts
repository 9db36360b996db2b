import * as z from "zod";
import { type ContactDetails, readContactDetails } from "#churn/intake/read-contact.ts";
import { saysNothing } from "#churn/intake/text.ts";
import { actionEvent, contactEvent } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { Unreadable } from "./item.ts";

/** An item that an event is. */
export class EventItem {
  /** To be read as any other. */
  readonly item: unknown;
  readonly #isTimeInData: boolean;

  constructor(item: unknown, isTimeInData: boolean) {
    this.item = item;
    this.#isTimeInData = isTimeInData;
  }

  /** What the event calls a field of the item. */
  nameOf(field: string | undefined): string | undefined {
    if (field === "timestamp" && this.#isTimeInData) return "data.timestamp";
    return field === undefined ? undefined : (eventFields.get(field) ?? field);
  }
}

/** What a contact says beside the action that it is stored as. */
export class ContactItem extends EventItem {
  readonly campaignId: string | undefined;
  readonly channel: string | undefined;
  /** Whether it tells that the user wants no contact, and is none itself. */
  readonly isOptOut: boolean;

  constructor(item: unknown, isTimeInData: boolean, { campaignId, channel, isOptOut }: ContactDetails) {
    super(item, isTimeInData);
    this.campaignId = campaignId;
    this.channel = channel;
    this.isOptOut = isOptOut;
  }
}

/**
 * An event as an item: its own time counts where the data has none, and its id and source identify the action. A contact
 * is passive, and is called `contact` unless its data says more.
 */
export function itemOfEvent(event: LapseEvent): EventItem | Unreadable {
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
  const { action, timestamp, value, passive } = data.data;
  const isTimeInData = !saysNothing(timestamp);
  const item = {
    user_id: event.subject,
    action: isContact && saysNothing(action) ? (contact?.isOptOut === true ? "opt_out" : "contact") : action,
    timestamp: isTimeInData ? timestamp : event.time,
    value,
    event_id: event.id,
    source: event.source,
    passive: isContact || passive,
  };
  return contact === undefined ? new EventItem(item, isTimeInData) : new ContactItem(item, isTimeInData, contact);
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
