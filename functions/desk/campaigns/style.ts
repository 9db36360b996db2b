import { html } from "#pages/html.ts";

/** What the pages of campaigns have beyond the style of the desk. */
export const campaignStyle = html`
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); gap: .9rem 1.2rem; margin: 0 0 1.2rem; }
.fields label, label.block { display: block; font-size: .9rem; color: var(--soft); }
.fields input, .fields select, textarea, input[type=text] { display: block; width: 100%; font: inherit; padding: .35rem .5rem; margin-top: .2rem; color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: .3rem; }
textarea { min-height: 8rem; font-family: ui-monospace, monospace; font-size: .9rem; }
fieldset { border: 0; padding: 0; margin: 0; min-width: 0; } legend { font-weight: 600; padding: 0; margin-bottom: .6rem; }
.hint { font-size: .85rem; color: var(--soft); }
.plots > figure:only-child { max-width: 36rem; }
.band { fill: var(--blue); opacity: .2; }
.day { white-space: nowrap; }
.ways { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2rem; align-items: start; margin-top: .8rem; }
input[type=file] { display: block; margin-top: .4rem; max-width: 100%; }
.actions { display: flex; flex-wrap: wrap; gap: .8rem; align-items: center; }
`;
