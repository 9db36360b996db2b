import { html } from "./html.ts";
import { listTableStyle } from "./list-table.ts";

/** What pages of the desk have beyond the style that they share with reports: their frame, tables, filters and forms. */
export const deskStyle = html`
body { padding-top: 0; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
.top { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem 1.4rem; padding: .9rem 0; border-bottom: 1px solid var(--line); margin-bottom: 1.4rem; }
.top .name { font-weight: 700; font-size: 1.15rem; color: var(--ink); text-decoration: none; }
.top nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
.top nav a { color: var(--soft); text-decoration: none; padding: .25rem 0; border-bottom: 2px solid transparent; }
.top nav a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--blue); }
.top .reader { margin: 0 0 0 auto; font-size: .875rem; color: var(--soft); }
a { color: var(--blue); }
.headline { font-size: 1.25rem; }
.alarm, .notice { border-left: .3rem solid var(--orange); padding: .5rem .9rem; background: var(--card); }
.facts { display: flex; flex-wrap: wrap; gap: .6rem 2rem; }
.facts dt { font-size: .85rem; color: var(--soft); } .facts dd { font-weight: 600; font-variant-numeric: tabular-nums; }
.list { border-collapse: collapse; width: 100%; font-size: .95rem; }
.list th, .list td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: normal; white-space: normal; }
.list thead th { font-weight: 600; color: var(--soft); font-size: .875rem; }
.list .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.list th[scope=row] { overflow-wrap: break-word; max-width: 16rem; }
.list code { font-size: .9em; color: inherit; display: inline; }
.pill { border: 1px solid var(--line); border-radius: .75rem; padding: 0 .5rem; font-size: .85rem; white-space: nowrap; }
.pill.high { background: #b3261e; color: #fff; border-color: transparent; } .pill.medium { background: #f2b84b; color: #000; border-color: transparent; }
input, select, textarea { max-width: 100%; font: inherit; color: var(--ink); background: var(--paper); }
input:not([type]), input[type=text], input[type=search], input[type=password], select, textarea { padding: .35rem .5rem; border: 1px solid var(--soft); border-radius: .35rem; }
.button, button { display: inline-block; font: inherit; font-weight: 600; padding: .4rem 1rem; border-radius: .4rem; border: 1px solid var(--blue); background: var(--blue); color: var(--paper); text-decoration: none; cursor: pointer; }
.button.second, button.second { background: transparent; color: var(--blue); }
.list button { padding: .15rem .6rem; font-size: .9rem; }
@media (max-width: 40rem) { .top nav { gap: .2rem .7rem; font-size: .9rem; } }
pre { background: var(--card); padding: .6rem .8rem; overflow-x: auto; border-radius: .3rem; margin: 0; font-size: .85rem; }
@media print { .list { font-size: .75rem; } .top nav, .top .reader, .filters, .paging, .actions, .button, button { display: none; } pre { white-space: pre-wrap; overflow-wrap: anywhere; } .list th, .list td, .list .number { padding: .2rem .35rem; white-space: normal; } .list code { overflow-wrap: anywhere; } }
${listTableStyle}`;
