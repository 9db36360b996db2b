import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import type { UnreadableDocuments } from "../unreadable-documents.ts";

/** Who did what that others answer for: versions put into service, erasures, keys, refused access. Only ever added to. */
export interface Audit {
  /**
   * Adds an entry, which survives a crash once this resolves. One with an id that is there already changes nothing, so that
   * adding may be repeated. Throws InvalidInput for an entry that makes no sense, StoreUnavailable if it may be missing.
   */
  append(entry: AuditEntry): Promise<void>;

  /** Entries from the newest to the oldest, without those that cannot be read, which are told of. Throws StoreUnavailable. */
  entries(range?: AuditRange): AsyncIterable<AuditEntry>;
}

export interface AuditRange {
  /** The first moment, in milliseconds since the epoch. */
  readonly from?: number | undefined;
  /** The first moment after it. */
  readonly to?: number | undefined;
  /** Only entries of this action, or of all whose name begins so: `model`, `key`. */
  readonly action?: string | undefined;
  /** Told when reading ends, also if nobody reads on, of entries that were left out on the way because they cannot be read. */
  readonly onUnreadable?: ((entries: UnreadableDocuments) => void) | undefined;
}

const text = z.string().min(1).max(1_000);

/** What is kept of an act. Its names are open: what comes later adds actions of its own. */
export const auditEntry = z.object({
  id: z.string().min(1).max(100),
  /** Milliseconds since the epoch. */
  at: z.int().min(0),
  /** What was done, as `thing.done`: `model.promoted`, `users.erased`, `key.created`, `access.refused`. */
  action: z.string().regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)+$/),
  /** The person, the key with its id, or the token's subject. */
  who: text,
  /** The machine or address that they did it from. */
  from: text,
  /** What it was done to, such as a version. Never a user: an erasure would be undone by telling of whom. */
  target: text.optional(),
  /** Why, in the words of who did it. */
  reason: text.optional(),
  /** How many times, for an entry that stands for several acts. */
  count: z.int().min(1).optional(),
  details: z.record(z.string().min(1).max(100), z.union([text, z.number(), z.boolean()])).optional(),
});

export type AuditEntry = Readonly<z.infer<typeof auditEntry>>;

/** Throws InvalidInput for an entry that no store takes. */
export function checkEntry(entry: AuditEntry): void {
  const parsed = auditEntry.safeParse(entry);
  if (!parsed.success) throw new InvalidInput("The audit does not take this entry.", { cause: parsed.error });
}

/** Whether an entry is in the range. */
export function isWithin(
  { at, action }: AuditEntry,
  { from = 0, to = Number.POSITIVE_INFINITY, action: of }: AuditRange,
): boolean {
  return at >= from && at < to && (of === undefined || action === of || action.startsWith(`${of}.`));
}
