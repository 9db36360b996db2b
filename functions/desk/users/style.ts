import { html } from "#pages/html.ts";

/** What the pages of users have of styles beyond those of the desk. */
export const usersStyle = html`
.tabs { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; border-bottom: 1px solid var(--line); margin-bottom: 1rem; }
.tabs a { color: var(--soft); text-decoration: none; padding: .45rem 0; border-bottom: 2px solid transparent; }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--blue); }
.count-of { font-variant-numeric: tabular-nums; font-size: .85rem; }
.filters { display: flex; flex-wrap: wrap; gap: .6rem 1.1rem; align-items: end; background: var(--card); border-radius: .6rem; padding: .9rem 1rem; }
.filters label { display: grid; gap: .2rem; font-size: .85rem; color: var(--soft); }
/* Inputs and selects side by side are not of one height by themselves. */
.filters input, .filters select { height: 2.3rem; }
.filters details { flex-basis: 100%; font-size: .9rem; } .filters summary { cursor: pointer; color: var(--soft); }
.bounds { display: flex; flex-wrap: wrap; gap: .5rem 1.4rem; padding-top: .5rem; }
.bounds fieldset { border: 0; padding: 0; margin: 0; } .bounds legend { font-size: .85rem; color: var(--soft); padding: 0; }
.filters .act { margin: 0; font-size: .9rem; }
.yardsticks { font-size: .875rem; color: var(--soft); }
.users th[scope=row] { min-width: 7.5rem; font-family: ui-monospace, monospace; }
.users .because { white-space: normal; min-width: 14rem; } .users .because strong { font-weight: 600; }
.soft { color: var(--soft); } .since { font-size: .85rem; font-weight: normal; color: var(--soft); }
.users .risk { white-space: nowrap; } .users .named { font-size: .85rem; color: var(--soft); } .users .of-column { display: none; }
@media (min-width: 40.01rem) { .users.lapsed .named { display: none; } }
.users .rhythm { font-size: .85rem; color: var(--soft); white-space: normal; } .users .rhythm span { display: block; white-space: nowrap; }
svg.scores { width: 90px; height: 22px; } svg.scores .line { stroke-width: 1.5; }
.paging { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; margin-top: 1rem; }
.outlooks { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: .9rem; }
.outlooks > div { background: var(--card); border-radius: .6rem; padding: .9rem 1rem; }
.outlooks dt { font-size: .875rem; color: var(--soft); } .outlooks dd { font-size: 1.6rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.outlooks .change { font-size: .875rem; font-weight: normal; color: var(--soft); }
.user-id { overflow-wrap: anywhere; }
.over-time { max-width: 36rem; }
/* Where the strip does not fit, its end is seen first. */
.lately { direction: rtl; } .lately svg { direction: ltr; }
@media (max-width: 40rem) {
  .users thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .users, .users tbody { display: block; }
  .users tr { display: grid; grid-template-columns: 1fr auto; gap: .15rem .8rem; padding: .8rem 0; border-bottom: 1px solid var(--line); }
  .users th, .users td { border: 0; padding: 0; }
  .users .because { order: -1; grid-column: 1 / -1; font-size: 1rem; } .users .because:empty { display: none; }
  .users .risk { text-align: right; } .users .worth { grid-column: 2; }
  .users .of-column { display: inline; }
  .users .rhythm { grid-column: 1 / -1; } .users .rhythm span { display: inline; margin-right: .8rem; }
  .filters label.wide, .filters label.wide input { width: 100%; }
}
`;
