import { html } from "#pages/html.ts";

export const pageStyle = html`
:root { color-scheme: light dark; --line: light-dark(#d8dce2, #3a3f47); --soft: light-dark(#5a6470, #a3adb8); --panel: light-dark(#f5f7f9, #1d2127); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1.5rem; }
header p, dt, .number { color: var(--soft); }
h1 { margin: 0; } header p { margin: 0; }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; } h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
.alarm { border-left: .3rem solid #b3261e; padding: .4rem .8rem; background: var(--panel); }
.headline { font-size: 1.25rem; }
.notice { background: var(--panel); border-left: .25rem solid #b3261e; padding: .5rem .8rem; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; } dt { font-size: .85rem; } dd { margin: 0; font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: normal; }
thead th { font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th[scope=row] { font-family: ui-monospace, monospace; white-space: nowrap; }
.risk, .serving { border: 1px solid var(--line); border-radius: .75rem; padding: 0 .5rem; font-size: .85rem; }
.risk.high { background: #b3261e; color: #fff; border-color: transparent; } .risk.medium { background: #f2b84b; color: #000; border-color: transparent; }
pre { background: var(--panel); padding: .6rem .8rem; overflow-x: auto; border-radius: .3rem; margin: 0; font-size: .85rem; }
`;
