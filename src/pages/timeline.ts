import { scaleUtc } from "d3-scale";
import { type Day, parseDay, startOf } from "#churn/day.ts";
import type { ChurnDefinition } from "#churn/definition.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { formatCounted } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { plot } from "./plot.ts";

/** In SVG units; the plot is as wide as the page. */
const size = { width: 900, left: 120, right: 880, top: 14 };

/**
 * When the model that was checked learned and when it was checked: for each snapshot the days it observed and the days it
 * foretold.
 */
export function timeline({
  training,
  proof,
  test,
  definition,
}: Pick<ModelManifest, "training" | "proof" | "test" | "definition">): Markup {
  const { churn } = definition;
  const learned = (proof ?? training).snapshots;
  const rows = [...rowsOf("learned", learned), ...rowsOf("checked", test.snapshots)];
  if (rows.length === 0) return html``;
  const firstDay = Math.min(...rows.map(({ day }) => day - churn.observeDays));
  const lastDay = Math.max(...rows.map(({ day }) => day + churn.leadDays + churn.churnDays));
  const x = scaleUtc([startOf(firstDay), startOf(lastDay)], [size.left, size.right]);
  const across = (day: Day) => x(startOf(day));
  // Many snapshots share about the height of fifteen; only every few are named then.
  const rowHeight = Math.min(24, Math.max(7, 360 / rows.length));
  const named = Math.ceil(15 / rowHeight);
  const bottom = size.top + rows.length * rowHeight;
  return plot(
    {
      id: "timeline",
      title: "Training and test periods",
      description: `Learned from ${formatCounted(learned.length, "snapshot")} (${learned.join(", ")}), checked on ${formatCounted(test.snapshots.length, "snapshot")} (${test.snapshots.join(", ")}).`,
    },
    [
      html`<g class="axis">${x.ticks(8).map(
        (time) => html`<line class="grid" x1="${x(time)}" x2="${x(time)}" y1="${size.top}" y2="${bottom}"/>
<text x="${x(time)}" y="${bottom + 18}" text-anchor="middle">${x.tickFormat(8)(time)}</text>`,
      )}</g>`,
      rows.map((row, i) => {
        const y = size.top + i * rowHeight;
        const isNamed = row.kind === "checked" || i % named === 0;
        return [isNamed ? name(row, y + rowHeight / 2) : [], periods(row, churn, across, y, rowHeight)];
      }),
    ],
    { width: size.width, height: bottom + 30 },
  );
}

interface Row {
  readonly kind: "learned" | "checked";
  readonly text: string;
  readonly day: Day;
}

function rowsOf(kind: Row["kind"], snapshots: readonly string[]): Row[] {
  return snapshots.flatMap((text) => {
    const day = parseDay(text);
    return day === undefined ? [] : [{ kind, text, day }];
  });
}

function name({ text, kind }: Row, middle: number): Markup {
  return html`<text class="small" x="${size.left - 8}" y="${middle + 4}" text-anchor="end">${kind === "checked" ? "test " : ""}${text}</text>`;
}

function periods(
  { kind, day }: Row,
  churn: ChurnDefinition,
  across: (day: Day) => number,
  top: number,
  height: number,
) {
  const from = day + churn.leadDays;
  const bar = (className: string, start: Day, end: Day) =>
    html`<rect class="${className}" x="${across(start)}" width="${across(end) - across(start)}" y="${top + height * 0.15}" height="${height * 0.7}"/>`;
  return html`${bar(`observed ${kind}`, day - churn.observeDays, day)}${bar(`foretold ${kind}`, from, from + churn.churnDays)}
<line class="snapshot" x1="${across(day)}" x2="${across(day)}" y1="${top}" y2="${top + height}"/>`;
}
