import pc from "picocolors";
import * as z from "zod";

const entry = z.looseObject({
  "@timestamp": z.string(),
  "log.level": z.string(),
  message: z.string().default(""),
  error: z.object({ message: z.string(), stack_trace: z.string().optional() }).optional(),
});

/** Fields that are the same in every line, or shown in another way. */
const left = new Set([
  "@timestamp",
  "log.level",
  "message",
  "error",
  "ecs.version",
  "service.name",
  "trace.id",
  "span.id",
  "http.request.id",
]);

/** One JSON log entry as one line for a person: time, level, message, and then what else it holds. */
export function formatLogLine(json: string): string {
  const parsed = entry.safeParse(JSON.parse(json));
  if (!parsed.success) return json;
  const { "@timestamp": timestamp, "log.level": level, message, error, ...rest } = parsed.data;
  const fields = Object.entries(rest)
    .filter(([name]) => !left.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const details = fields.length > 0 ? ` ${pc.dim(fields.join(" "))}` : "";
  return `${pc.dim(timestamp.slice(11, 19))} ${mark(level)}${message}${details}${errorText(level, error)}\n`;
}

/** Only what is out of the ordinary says its level. */
function mark(level: string): string {
  switch (level) {
    case "info":
      return "";
    case "warn":
      return `${pc.yellow("warning")} `;
    case "error":
    case "fatal":
      return `${pc.red(level)} `;
    default:
      return `${pc.dim(level)} `;
  }
}

/** A warning shows what went wrong; an error also where. */
function errorText(level: string, error: z.infer<typeof entry>["error"]): string {
  if (error === undefined) return "";
  return level === "warn" ? `: ${error.message}` : `\n${error.stack_trace ?? error.message}`;
}
