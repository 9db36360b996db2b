import { Cron } from "croner";
import * as z from "zod";

/** When something runs. */
export interface NamedSchedule {
  /** That of its PingSource. */
  readonly name: string;
  /** Five cron fields. */
  readonly schedule: string;
  /** IANA name. */
  readonly timezone: string;
}

/** When something runs next, in milliseconds since the epoch. */
export interface NextRun {
  readonly name: string;
  readonly at: number;
}

/** When each runs next after `now`, in milliseconds since the epoch, the earliest first; without those whose schedule is over. */
export function nextRuns(schedules: readonly NamedSchedule[], now: number): readonly NextRun[] {
  return schedules
    .flatMap((one) => {
      const at = nextRun(one, now);
      return at === undefined ? [] : [{ name: one.name, at }];
    })
    .sort((a, b) => a.at - b.at);
}

/**
 * The first run after `now`, both in milliseconds since the epoch; undefined for a schedule that is over. Throws if the schedule
 * or the time zone is not valid.
 */
export function nextRun({ schedule, timezone }: Omit<NamedSchedule, "name">, now: number): number | undefined {
  return new Cron(schedule, { timezone, mode: "5-part", paused: true }).nextRun(new Date(now))?.getTime();
}

/** For a function that tells what runs next. */
export const scheduleSettings = {
  /** The schedules of the PingSources, as `name;five cron fields;time zone` one after the other, which deploy/schedules writes. */
  SCHEDULES: z
    .string()
    .transform((text, context): readonly NamedSchedule[] => {
      const parts = text.split(";").map((part) => part.trim());
      const schedules: NamedSchedule[] = [];
      for (let i = 0; i < parts.length; i += 3) {
        const [name = "", schedule = "", timezone = ""] = parts.slice(i, i + 3);
        schedules.push({ name, schedule, timezone });
      }
      if (schedules.every(isValid)) return schedules;
      context.addIssue("must be names, each with five cron fields and a time zone: train;30 2 * * *;UTC.");
      return z.NEVER;
    })
    .optional(),
};

function isValid({ name, schedule, timezone }: NamedSchedule): boolean {
  if (name === "" || timezone === "") return false;
  try {
    nextRun({ schedule, timezone }, 0);
    return true;
  } catch {
    return false;
  }
}
