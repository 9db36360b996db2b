import { type Day, formatDay } from "#churn/day.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { formatCounted } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { plot } from "#pages/plot.ts";

/** Days that the strip holds. */
const shownDays = 120;
const size = { width: 960, height: 64 };

/** A strip with a bar for each day on which the user did something, as high as they did much, up to the last day known. */
export function activeDays({ days }: UserHistory, snapshot: Day | undefined): Markup {
  const end = Math.max((days.at(-1)?.day ?? 0) + 1, snapshot ?? 0);
  const start = end - shownDays;
  const counts = new Map<Day, number>();
  for (const { day, count } of days) if (day >= start) counts.set(day, (counts.get(day) ?? 0) + count);
  const most = Math.max(1, ...counts.values());
  const width = size.width / shownDays;
  const bars = Array.from(counts, ([day, count]) => {
    const height = 6 + 34 * Math.sqrt(count / most);
    return html`<rect class="bar" x="${(day - start) * width + 1}" y="${42 - height}" width="${width - 2}" height="${height}"><title>${formatDay(day)}: ${formatCounted(count, "action")}</title></rect>`;
  });
  const description = `Active on ${formatCounted(counts.size, "day")} of the last ${shownDays}, from ${formatDay(start)} to ${formatDay(end - 1)}.`;
  return html`<h2>Active days</h2>
<p>${description}</p>
<div class="scroll lately" tabindex="0" role="region" aria-label="Active days">${plot(
    { id: "active-days", title: "Active days", description },
    [
      html`<line class="base" x1="0" x2="${size.width}" y1="42.5" y2="42.5"/>`,
      bars,
      html`<text x="0" y="60">${formatDay(start)}</text><text x="${size.width}" y="60" text-anchor="end">${formatDay(end - 1)}</text>`,
    ],
    size,
  )}</div>`;
}
