import { dayOf, formatDay } from "#churn/day.ts";
import { describeFeature } from "#churn/reasons/describe-feature.ts";
import { formatCounted, formatMinute } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { driftThreshold } from "../operations/history.ts";
import type { TodayView } from "./view.ts";

/** What needs a person, each with what to do; the gravest first. */
export function attention(view: TodayView): Markup[] {
  return [
    ...harm(view),
    ...staleness(view),
    ...failures(view),
    ...missingBackup(view),
    ...frozen(view),
    ...drift(view),
    ...brokenPromises(view),
    ...letters(view),
  ];
}

function harm({ champion, standsInFor, damaged, calledAs }: TodayView): Markup[] {
  return [
    ...(standsInFor === undefined
      ? []
      : [
          html`<p class="alarm" role="alert">Version ${champion?.version ?? ""} stands in for ${standsInFor}. Restore its files, or choose a version: <code>${calledAs} models promote VERSION</code></p>`,
        ]),
    ...(damaged.length === 0
      ? []
      : [
          html`<p class="alarm" role="alert">Damaged, and of no use until their files are restored: ${damaged.join(", ")}.</p>`,
        ]),
  ];
}

/** Features are run every night: after two days without, a night was missed. */
const mostDaysOld = 2;

function staleness({ features, extent, now }: TodayView): Markup[] {
  if (features === undefined) return [];
  const today = dayOf(now);
  // A log that ended in the past is not late.
  const isLive = extent !== undefined && extent.lastDay >= today - mostDaysOld;
  const age = today - features.snapshot;
  if (!isLive || age < mostDaysOld) return [];
  return [
    html`<p class="alarm" role="alert">The list is ${age} days old (${formatDay(features.snapshot)}), although actions arrive: the nightly run was missed or failed. <a href="/operations">Operations</a></p>`,
  ];
}

function failures({ troubles: { failed } }: TodayView): Markup[] {
  return failed.map(
    ({ name, at, details: { failure } }) =>
      html`<p class="alarm" role="alert">The last run of ${name} failed at ${formatMinute(at)} UTC${failure === undefined ? "" : `: ${String(failure).replace(/\.$/, "")}`}. <a href="/operations">Operations</a></p>`,
  );
}

function missingBackup({ backups: { taken, failed, isLate } }: TodayView): Markup[] {
  const last =
    taken === undefined ? "None was taken before." : `The last one was taken at ${formatMinute(taken.at)} UTC.`;
  if (failed !== undefined)
    return [
      html`<p class="alarm" role="alert">The backup of ${formatMinute(failed.at)} UTC failed: ${failed.failure ?? ""}. ${last}</p>`,
    ];
  if (!isLate) return [];
  return [html`<p class="alarm" role="alert">The next backup is late. ${last}</p>`];
}

/** Why the newest training promoted nothing, if the newest data looked broken to it. */
function frozen({ champion, versions: [newest] }: TodayView): Markup[] {
  const isAboutChampion = champion !== undefined && newest?.decision.champion === champion.version;
  const causes = isAboutChampion ? (newest?.decision.frozen ?? []) : [];
  if (causes.length === 0) return [];
  return [
    html`<p class="notice">No model is promoted while the newest data look broken: ${causes.map(({ verdict }) => verdict).join("; ")}.</p>`,
  ];
}

/** Of the version in service only: what was measured of another tells nothing of it. */
function drift({ champion, troubles: { drift: measured } }: TodayView): Markup[] {
  if (measured?.probability === undefined || measured.version !== champion?.version) return [];
  const moved = measured.features.filter(([, psi]) => psi >= driftThreshold).map(([name]) => describeFeature(name));
  return [
    html`<p class="notice">The probabilities have drifted from those of the users who were here when the model was trained: the population stability index is ${measured.probability.toFixed(2)}.${moved.length === 0 ? "" : ` What has moved most: ${moved.join("; ")}.`} <a href="/operations">Operations</a></p>`,
  ];
}

function brokenPromises({ promises: { newest } }: TodayView): Markup[] {
  const [low, high] = newest?.ratio.interval ?? [1, 1];
  if (low <= 1 && high >= 1) return [];
  return [
    html`<p class="notice">${low > 1 ? "More users left than the lists promised" : "Fewer users left than the lists promised"}. <a href="/promises">Promised and happened</a></p>`,
  ];
}

function letters({ deadLetters }: TodayView): Markup[] {
  if (deadLetters === 0) return [];
  return [
    html`<p class="notice">${formatCounted(deadLetters, "event")} could not be delivered. <a href="/operations">Look at ${deadLetters === 1 ? "it" : "them"}</a></p>`,
  ];
}
