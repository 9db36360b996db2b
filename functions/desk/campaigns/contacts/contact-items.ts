import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { contactLimits, type ReadContact, readContact } from "#churn/intake/read-contact.ts";
import { absentWords } from "#churn/intake/text.ts";
import { parseWrittenJson, textOf } from "#runtime/body-text.ts";
import { describedFlag, describedTime, describedUserId, optionalText } from "#runtime/described-action.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { idsAsText } from "#runtime/json-digits.ts";
import { elementsOf } from "#runtime/json-structure.ts";
import { requireJson } from "#runtime/route.ts";
import type { Contact, OptOut } from "#stores/contacts/contact-store.ts";

/** Contacts in one request. */
export const mostContacts = 100_000;

/** A contact as tools send it, for the description: `readContact` reads it. */
export const contactItem = z.strictObject({
  user_id: describedUserId,
  timestamp: z
    .union([describedTime, z.enum(absentWords), z.string().regex(/^[ \t\r\n]+$/)])
    .nullish()
    .describe("When it was sent; now without it, or where what programs write for nothing stands in its place."),
  campaign: optionalText(contactLimits.campaign).describe("The campaign's id."),
  channel: optionalText(contactLimits.channel).describe("Such as mail or push."),
  opt_out: describedFlag.describe("The user wants no contact from now on: no contact, but a mark."),
});

/**
 * The items of a body of JSON, an array of them or one alone, each parsed when it is asked for: so the first that is no contact ends the
 * work, and no others come into memory. Throws UnsupportedMediaType, InvalidInput, and TooLarge for too many.
 */
export function* itemsOfJson(request: Pick<HttpRequest, "body" | "headers">): Generator<unknown> {
  const { charset } = requireJson(request, true);
  const { body } = request;
  const spans = elementsOf(body, mostContacts, "The body") ?? [0, body.length];
  for (let i = 0; i < spans.length; i += 2)
    yield parseWrittenJson(textOf(body.subarray(spans[i], spans[i + 1]), charset), "The body", idsAsText);
}

/** The contacts of a request or of lines, and the opt-outs. */
export interface SentContacts {
  readonly contacts: readonly Contact[];
  readonly optOuts: readonly OptOut[];
}

/**
 * The contacts and the opt-outs among items; those without a time are of `now`. None may be before `oldest`; both in milliseconds
 * since the epoch. Throws InvalidInput, which tells of the first item that is wrong alone: each fault takes longer than a contact.
 */
export function contactsIn(items: Iterable<unknown>, now: number, oldest: number): SentContacts {
  const contacts: Contact[] = [];
  const optOuts: OptOut[] = [];
  let place = -1;
  for (const item of items) {
    place += 1;
    const read = readContact(item, now, oldest);
    if ("faults" in read) {
      const faults = read.faults.slice(0, mostFaults).map(({ field, fault }) => {
        const path = field === undefined ? `[${place}]` : `[${place}].${field.slice(0, 100)}`;
        return `${path} ${fault.replace(/\.$/, "")}`;
      });
      throw new InvalidInput(`The body is not valid: ${faults.join("; ")}.`);
    }
    if (read.isOptOut) optOuts.push({ userId: read.userId, time: read.time });
    else contacts.push(contactOf(read));
  }
  return { contacts, optOuts };
}

const mostFaults = 3;

function contactOf({ userId, time, campaignId, channel }: ReadContact): Contact {
  return { userId, time, campaignId, channel };
}
