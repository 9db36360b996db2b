import type * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import type { LapseEvent } from "./events.ts";
import { checked } from "./route.ts";

/** A kind of event that a function takes: what a Trigger knows it by, and how it is read. */
export interface EventKind<Event extends LapseEvent = LapseEvent> {
  /** The CloudEvents type; undefined for events of every type. */
  readonly type: string | undefined;
  /** Extension attributes that tell it from others of its type. */
  readonly extensions: Readonly<Record<string, string>>;
  /** The event if it is of this kind. Throws InvalidInput if it is, but its data is not what this kind holds. */
  read(event: LapseEvent): Event | undefined;
}

/** A kind of event that lapse defines, and so can make. */
export interface MadeKind<Type extends string, Data> extends EventKind<TypedEvent<Type, Data>> {
  readonly type: Type;
  make(event: Omit<LapseEvent, "type" | "data"> & { readonly data: Data }): TypedEvent<Type, Data>;
}

export type TypedEvent<Type extends string, Data> = LapseEvent & { readonly type: Type; readonly data: Data };

/** The events of a kind. */
export type EventOf<Kind extends EventKind> = NonNullable<ReturnType<Kind["read"]>>;

/** Defines a kind of event by its type, the extensions that it always has, and the schema of its data. */
export function eventKind<Type extends string, Data>({
  type,
  extensions = {},
  data,
}: {
  type: Type;
  extensions?: Readonly<Record<string, string>>;
  data: z.ZodType<Data>;
}): MadeKind<Type, Data> {
  return {
    type,
    extensions,
    read(event) {
      const isOfKind = Object.entries(extensions).every(([name, value]) => event.extensions?.[name] === value);
      if (event.type !== type || !isOfKind) return undefined;
      if (event.data === undefined && event.bytes !== undefined)
        throw new InvalidInput(`The data of ${type} must be JSON.`, { details: { field: "data" } });
      return { ...event, type, data: checked(data, event.data, `The data of ${type}`) };
    },
    make: (event) => ({
      ...event,
      type,
      ...(Object.keys(extensions).length > 0 && { extensions: { ...event.extensions, ...extensions } }),
    }),
  };
}

/** Events of every type. */
export const anyEvent: EventKind = { type: undefined, extensions: {}, read: (event) => event };

/** Reads an event as the first of the kinds that it is of. Throws InvalidInput when it is of none of them. */
export function readAs<Event extends LapseEvent>(
  event: LapseEvent,
  kinds: readonly EventKind<Event>[],
  name: string,
): Event {
  for (const kind of kinds) {
    const read = kind.read(event);
    if (read !== undefined) return read;
  }
  throw new InvalidInput(`${name} takes ${kinds.map(describe).join(" or ")}, not ${event.type}.`, {
    details: { field: "type" },
  });
}

function describe({ type = "any event", extensions }: EventKind): string {
  const attributes = Object.entries(extensions).map(([name, value]) => `${name}: ${value}`);
  return attributes.length === 0 ? type : `${type} with ${attributes.join(", ")}`;
}
