import { html } from "./html.ts";

/**
 * The page's style sheet. Blue and orange are of the palette of Okabe and Ito, which people of any colour vision tell
 * apart; shades are chosen for contrast on light and dark. Paper is always light.
 */
export const style = html`
:root {
  --paper: #ffffff; --card: #f5f6f8; --ink: #1c2430; --soft: #586273; --line: #d9dee6;
  --blue: #0072b2; --orange: #d55e00; --good: #00664b; --track: #e9ecf1;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --card: #1b2129; --ink: #e8ebf0; --soft: #a3adbb; --line: #343d49;
    --blue: #56b4e9; --orange: #f0953f; --good: #4fd0a5; --track: #262e38;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 66rem; padding: 2.5rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  print-color-adjust: exact; -webkit-print-color-adjust: exact;
}
h1 { font-size: clamp(1.35rem, 3.2vw, 1.95rem); line-height: 1.3; font-weight: 650; margin: .6rem 0 .8rem; text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 2.8rem 0 1rem; padding-top: 1.1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0 0 .6rem; }
p { max-width: 48rem; }
header p { color: var(--soft); margin: .4rem 0; }
.version strong { color: var(--ink); overflow-wrap: anywhere; }
.badge { display: inline-block; margin-left: .5rem; padding: .1rem .6rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .85rem; white-space: nowrap; }
.promoted { color: var(--good); }
.rejected { color: var(--orange); }
dl, dd, figure, ol { margin: 0; padding: 0; }
.metrics { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: .9rem; }
.metrics + figure { margin-top: 2rem; }
.metrics > div { background: var(--card); border-radius: .6rem; padding: .9rem 1rem; font-size: .875rem; color: var(--soft); }
.metrics dt { font-weight: 600; color: var(--ink); }
.metrics .figure { display: inline; font-size: 1.8rem; white-space: nowrap; line-height: 1.35; font-weight: 650; color: var(--ink); font-variant-numeric: tabular-nums; }
.metrics .interval { display: inline; margin-left: .6rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 2rem 1.6rem; margin-top: 2rem; }
.plots + .scroll { margin-top: 2rem; }
figcaption { font-size: .875rem; color: var(--soft); margin-top: .3rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 13px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .note, svg .value, svg .small { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
svg .note { fill: var(--ink); }
svg .value { font-weight: 600; fill: var(--ink); font-size: 14px; }
svg .small { font-size: 12px; fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: 1; }
.base { stroke: var(--soft); stroke-width: 1; }
.reference { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; }
.line { fill: none; stroke: var(--blue); stroke-width: 2.5; stroke-linejoin: round; }
.bar, .point, .stayed { fill: var(--blue); }
.churned, .accent { fill: var(--orange); }
.point, .accent { stroke: var(--paper); stroke-width: 1.5; }
.whisker { stroke: var(--blue); stroke-width: 2; }
.count { fill: var(--soft); opacity: .55; }
.learned { fill: var(--blue); background: var(--blue); }
.checked { fill: var(--orange); background: var(--orange); }
rect.observed { opacity: .28; }
.snapshot { stroke: var(--ink); stroke-width: 1.5; }
.swatch { display: inline-block; width: 1.4rem; height: .75rem; margin: 0 .2rem 0 .9rem; vertical-align: -.05rem; }
.swatch:first-child { margin-left: 0; }
.swatch.observed { background: linear-gradient(90deg, var(--blue) 50%, var(--orange) 50%); opacity: .28; }
.key { font-size: .875rem; color: var(--soft); }
.drivers { list-style: none; font-size: .9375rem; }
.drivers li { display: grid; grid-template-columns: minmax(12rem, 22rem) minmax(6rem, 1fr) 11.5rem; gap: .2rem 1rem; align-items: center; padding: .3rem 0; border-bottom: 1px solid var(--line); }
.drivers svg { height: .9rem; background: var(--track); }
.words, th code { overflow-wrap: anywhere; }
.effect { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; white-space: nowrap; }
.odds { color: var(--soft); }
.scroll { overflow-x: auto; }
.scroll svg { min-width: 40rem; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { padding-left: 0; text-align: left; white-space: normal; }
.months td { white-space: normal; }
.months th:first-child, .months td:nth-child(2) { white-space: nowrap; }
.months th:nth-child(2), .months td:nth-child(2) { text-align: left; }
.segments td { white-space: normal; padding: .4rem .5rem; }
.segments th[scope=rowgroup] { font-weight: 600; padding-top: 1rem; }
.segments tbody th:first-child { min-width: 9rem; }
.features th:first-child { min-width: 11rem; }
figure { min-width: 0; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; }
th code { display: block; font-size: .78rem; color: var(--soft); }
footer { margin-top: 2.8rem; padding-top: 1.1rem; border-top: 1px solid var(--line); font-size: .8125rem; color: var(--soft); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .6rem 1.2rem; }
.facts div:last-child { grid-column: 1 / -1; }
.facts dd { color: var(--ink); overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  body { padding: 1.4rem 1rem 2rem; }
  .drivers li { grid-template-columns: 1fr; padding: .6rem 0; }
  .effect { justify-content: flex-start; gap: 1rem; }
  figure svg text, figure svg .value { font-size: 15px; }
  figure svg .small { font-size: 13px; }
}
@media print {
  @page { margin: 15mm; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  h1 { font-size: 16pt; }
  h2 { break-after: avoid; margin-top: 1.6rem; }
  figure, .metrics > div, .drivers li, tr, .facts, .scroll svg { break-inside: avoid; }
  thead { display: table-header-group; }
  .metrics { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .metrics .interval { display: block; margin: 0; }
  .plots { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.4rem; }
  table { font-size: .75rem; }
  th, td, .segments td { padding: .25rem .3rem; white-space: normal; }
  /* Paper cannot be scrolled: versions break rather than have the table cut off. */
  .months td:nth-child(2), td code { white-space: normal; overflow-wrap: anywhere; }
  .scroll { overflow: visible; }
  .scroll svg { min-width: 0; }
}
`;
