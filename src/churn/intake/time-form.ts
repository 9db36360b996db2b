/** What a group of a form's pattern holds. */
export type TimePart =
  | "year"
  /** Two digits: from 69 on of the 20th century, else of the 21st. */
  | "shortYear"
  | "month"
  | "monthName"
  | "day"
  /** Of ISO 8601, with the year that the week belongs to; Monday is day 1. */
  | "week"
  | "weekDay"
  /** 001 to 366. */
  | "dayOfYear"
  | "hour"
  | "minute"
  | "second"
  | "fraction"
  | "half"
  | "zoneHours"
  | "zoneMinutes"
  /** One of `zoneMinutesAhead`. */
  | "zoneName"
  /** Of the IANA: Europe/Berlin. */
  | "zoneRegion";

/** In which order day, month and year stand, where digits alone do not tell. */
export const dateOrders = ["dmy", "mdy", "ymd"] as const;
export type DateOrder = (typeof dateOrders)[number];

/**
 * One way to write a time. The pattern is of the whole text, in the syntax that JavaScript and RE2 (DuckDB) share; each
 * of its groups holds one part and none is optional, so that parts can be rearranged by a replacement.
 */
export interface TimeForm {
  /** For people: `dd/MM/yyyy HH:mm`. */
  readonly name: string;
  readonly pattern: string;
  /** What the pattern begins with, where other forms begin with the same: that of the date. */
  readonly beginning?: string | undefined;
  readonly parts: readonly TimePart[];
  /** Set where another order of the same digits would be a time as well. */
  readonly order?: DateOrder | undefined;
  /** Whether the text names its zone. */
  readonly isZoned: boolean;
  /** The zone's offset in minutes where it is written in letters. */
  readonly zoneOffset?: number | undefined;
  /** Whether the second is a leap second, which is taken for the one before. */
  readonly isLeapSecond?: boolean | undefined;
  /** The first month, in two digits, of the quarter that the text names. */
  readonly firstMonth?: string | undefined;
}

/** A date in a pattern: `pattern` holds the groups of `parts`. */
export interface DatePiece {
  readonly name: string;
  readonly pattern: string;
  readonly parts: readonly TimePart[];
  readonly order?: DateOrder | undefined;
}

/** What stands between date and clock, and how its name shows it. */
export interface Joint {
  readonly pattern: string;
  readonly name: string;
}

export interface FormOptions {
  /** What all forms are called; by default each by its pieces. */
  readonly name?: string;
  readonly clocks: readonly ClockPiece[];
  readonly zones: readonly ZonePiece[];
}

/** Every form that the pieces make: the date alone, and with each clock and zone. */
export function formsOf(date: DatePiece, joint: Joint, { name, clocks, zones }: FormOptions): TimeForm[] {
  const beginning = date.pattern;
  const alone: TimeForm = { ...date, beginning, name: name ?? date.name, isZoned: false };
  const timed = clocks.flatMap((clock) =>
    zones.map(
      (zone): TimeForm => ({
        name: name ?? `${date.name}${joint.name}${clock.name}${zone.name}`,
        pattern: `${date.pattern}${joint.pattern}${clock.pattern}${zone.pattern}`,
        beginning,
        parts: [...date.parts, ...clock.parts, ...zone.parts],
        order: date.order,
        isZoned: zone.isZoned,
        zoneOffset: zone.offset,
        isLeapSecond: clock.isLeapSecond,
      }),
    ),
  );
  return [alone, ...timed];
}

/** A time of day in a pattern. */
export interface ClockPiece {
  readonly name: string;
  readonly pattern: string;
  readonly parts: readonly TimePart[];
  readonly isLeapSecond?: boolean;
}

const hour = "((?:[01]?[0-9])|(?:2[0-3]))";
const hour12 = "(0?[1-9]|1[0-2])";
const minute = "([0-5][0-9])";
/** Finer than microseconds is cut off. */
const fraction = "[.,]([0-9]{1,6})[0-9]*";

/** Clocks of 24 hours. */
export const clocks24: readonly ClockPiece[] = [
  { name: "HH:mm", pattern: `${hour}:${minute}`, parts: ["hour", "minute"] },
  { name: "HH:mm:ss", pattern: `${hour}:${minute}:([0-5][0-9])`, parts: ["hour", "minute", "second"] },
  {
    name: "HH:mm:ss.SSS",
    pattern: `${hour}:${minute}:([0-5][0-9])${fraction}`,
    parts: ["hour", "minute", "second", "fraction"],
  },
  { name: "HH:mm:60", pattern: `${hour}:${minute}:60`, parts: ["hour", "minute"], isLeapSecond: true },
  {
    name: "HH:mm:60.SSS",
    pattern: `${hour}:${minute}:60${fraction}`,
    parts: ["hour", "minute", "fraction"],
    isLeapSecond: true,
  },
];

const half = "[ \u00a0\u202f]?([AaPp])\\.?[ \u00a0]?[Mm]\\.?";

/** Clocks of 12 hours with AM or PM. */
export const clocks12: readonly ClockPiece[] = [
  { name: "h a", pattern: `${hour12}${half}`, parts: ["hour", "half"] },
  { name: "h:mm a", pattern: `${hour12}:${minute}${half}`, parts: ["hour", "minute", "half"] },
  {
    name: "h:mm:ss a",
    pattern: `${hour12}:${minute}:([0-5][0-9])${half}`,
    parts: ["hour", "minute", "second", "half"],
  },
  {
    name: "h:mm:ss.SSS a",
    pattern: `${hour12}:${minute}:([0-5][0-9])${fraction}${half}`,
    parts: ["hour", "minute", "second", "fraction", "half"],
  },
];

const second = "([0-5][0-9])";
const digit = "([0-9])";
const sixty = "([0-5]?[0-9])";

/** Clocks that columns of times have besides: milliseconds behind a colon (SQL Server, log4net), and one digit for two (8:5:3). */
export const looseClocks: readonly ClockPiece[] = [
  {
    name: "HH:mm:ss:SSS",
    pattern: `${hour}:${minute}:${second}:([0-9]{3})`,
    parts: ["hour", "minute", "second", "fraction"],
  },
  {
    name: "h:mm:ss:SSS a",
    pattern: `${hour12}:${minute}:${second}:([0-9]{3})${half}`,
    parts: ["hour", "minute", "second", "fraction", "half"],
  },
  { name: "H:m", pattern: `${hour}:${digit}`, parts: ["hour", "minute"] },
  { name: "H:m:s", pattern: `${hour}:${digit}:${sixty}`, parts: ["hour", "minute", "second"] },
  { name: "H:m:s", pattern: `${hour}:${minute}:${digit}`, parts: ["hour", "minute", "second"] },
];

/** Clocks with dots, as Oracle, Italians and Finns write them. */
export const dottedClocks: readonly ClockPiece[] = [
  { name: "HH.mm", pattern: `${hour}\\.${minute}`, parts: ["hour", "minute"] },
  { name: "HH.mm.ss", pattern: `${hour}\\.${minute}\\.([0-5][0-9])`, parts: ["hour", "minute", "second"] },
  {
    name: "HH.mm.ss.SSS",
    pattern: `${hour}\\.${minute}\\.([0-5][0-9])${fraction}`,
    parts: ["hour", "minute", "second", "fraction"],
  },
  {
    name: "h.mm.ss a",
    pattern: `${hour12}\\.${minute}\\.([0-5][0-9])${half}`,
    parts: ["hour", "minute", "second", "half"],
  },
  {
    name: "h.mm.ss.SSS a",
    pattern: `${hour12}\\.${minute}\\.([0-5][0-9])${fraction}${half}`,
    parts: ["hour", "minute", "second", "fraction", "half"],
  },
];

/** A zone in a pattern. */
export interface ZonePiece {
  readonly name: string;
  readonly pattern: string;
  readonly parts: readonly TimePart[];
  readonly isZoned: boolean;
  /** Minutes ahead of UTC, where letters stand for it. */
  readonly offset?: number;
}

export const zoneless: ZonePiece = { name: "", pattern: "", parts: [], isZoned: false };
/** The name of the zone behind its offset (RFC 9557): +01:00[Europe/Paris]. */
const region = "(?:\\[[A-Za-z0-9_/+-]{1,40}\\])?";
export const utcZone: ZonePiece = {
  name: " Z",
  // Programs that put a Z behind what Python writes name the zone twice: +00:00Z.
  pattern: ` ?(?:(?:\\+00:00)?[Zz]|UTC|GMT|UT)${region}`,
  parts: [],
  isZoned: true,
  offset: 0,
};
const hours = "([+-](?:[01][0-9]|2[0-3]))";
/** `+02:00`, `-0530`, also with the zone's name behind as Go prints it (`+0200 CEST`), and `+02`. */
export const offsetZones: readonly ZonePiece[] = [
  {
    name: " XXX",
    pattern: ` ?(?:GMT|UTC)?${hours}:?([0-5][0-9])(?: [A-Z]{3,5})?${region}`,
    parts: ["zoneHours", "zoneMinutes"],
    isZoned: true,
  },
  { name: " XXX", pattern: ` ?${hours}`, parts: ["zoneHours"], isZoned: true },
];

/**
 * Minutes ahead of UTC of zones that letters stand for, besides UTC: those of RFC 2822 (4.3), and common ones of which each means
 * one (IST, of India, Israel and Ireland, does not).
 */
export const zoneMinutesAhead: Readonly<Record<string, number>> = {
  ...{ EST: -300, EDT: -240, CST: -360, CDT: -300, MST: -420, MDT: -360, PST: -480, PDT: -420, AKST: -540, AKDT: -480 },
  ...{ HST: -600, WET: 0, WEST: 60, BST: 60, CET: 60, CEST: 120, MEZ: 60, MESZ: 120, EET: 120, EEST: 180, MSK: 180 },
  ...{ SAST: 120, JST: 540, KST: 540, AEST: 600, AEDT: 660, ACST: 570, AWST: 480, NZST: 720, NZDT: 780 },
};

export const namedZone: ZonePiece = {
  name: " zzz",
  pattern: ` ?(${Object.keys(zoneMinutesAhead).join("|")})`,
  parts: ["zoneName"],
  isZoned: true,
};

/** As Trino and its kin write it; only in columns, which are read where the zones are known. */
export const regionZone: ZonePiece = {
  name: " VV",
  pattern: " ([A-Z][A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?)",
  parts: ["zoneRegion"],
  isZoned: true,
};

export const anyZone: readonly ZonePiece[] = [zoneless, utcZone, ...offsetZones, namedZone];
