import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { type ListedUser, valueAtRisk } from "#churn/list/listed-user.ts";
import { type UserOrder, userOrders } from "./user-list.ts";

/** The last user of a page. It stays where it is however many others have the same key, come or go. */
export interface Place {
  readonly key: number;
  readonly userId: string;
}

/** What sorts users who lack what the list is sorted by: below any number that is known. */
export const unknownKey = -1e300;

/** What a user is sorted by; always the same by user id. */
export function keyOf(user: ListedUser, order: UserOrder): number {
  switch (order) {
    case "probability":
      return user.probability ?? unknownKey;
    case "value_at_risk":
      return valueAtRisk(user) ?? unknownKey;
    case "value":
      return user.value ?? unknownKey;
    case "silence":
      return user.silence ?? unknownKey;
    case "user_id":
      return 0;
  }
}

/** The cursor of the page after this user. */
export function cursorAfter(user: ListedUser, order: UserOrder): string {
  return Buffer.from(JSON.stringify([order, keyOf(user, order), user.userId])).toString("base64url");
}

/** Where a cursor points. Throws InvalidInput for what is not a cursor, or one of another order. */
export function placeAt(cursor: string, order: UserOrder): Place {
  const parsed = cursorSchema.safeParse(jsonIn(cursor));
  if (!parsed.success) throw new InvalidInput("The cursor is not one that this list gave.");
  const [sortedBy, key, userId] = parsed.data;
  if (sortedBy !== order)
    throw new InvalidInput(`The cursor is of the list by ${sortedBy}, not by ${order}: begin again without it.`);
  return { key, userId };
}

function jsonIn(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}

const cursorSchema = z.tuple([z.enum(userOrders), z.number(), z.string().max(1024)]);
