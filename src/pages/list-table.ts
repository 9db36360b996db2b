import { html, type Markup, type Part } from "./html.ts";

/** A column: figures stand to the right, moments are not broken, and sentences have room. */
export type Column = readonly [name: string, kind?: "number" | "moment" | "words"];

/**
 * A table of the desk, the first cell of whose rows names the row. On a telephone each row is a block, with the name of its
 * column before each cell, so that nothing has to be scrolled to sideways.
 */
export function listTable(label: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="list stacked">
<thead><tr>${columns.map(([name, kind]) => html`<th scope="col"${classOf(kind)}>${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first = "", ...others]) =>
      html`<tr><th scope="row"${classOf(columns[0]?.[1])}>${first}</th>${others.map((cell, i) => cellOf(cell, columns[i + 1]))}</tr>
`,
  )}</tbody>
</table></div>`;
}

function cellOf(cell: Part, [name, kind]: Column = [""]): Markup {
  return html`<td${classOf(kind)} data-column="${name}">${cell}</td>`;
}

function classOf(kind: Column[1]): Markup {
  return kind === undefined ? html`` : html` class="${kind}"`;
}

/** What such tables look like. */
export const listTableStyle = html`
.list .moment, .list .day { white-space: nowrap; }
@media screen and (min-width: 40rem) { .list:has(.words) { font-size: .85rem; } .list td.words { min-width: 11rem; } }
@media screen and (max-width: 40rem) {
  .stacked thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .stacked, .stacked tbody, .stacked tr, .stacked th, .stacked td { display: block; }
  .stacked tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }
  .stacked tr > th, .stacked tr > td { border: 0; padding: .1rem 0; max-width: none; }
  .stacked th[scope=row] { font-weight: 600; }
  .stacked td, .stacked td.number { text-align: left; white-space: normal; overflow-wrap: anywhere; }
  .stacked td:empty { display: none; }
  .stacked td::before { content: attr(data-column) ": "; color: var(--soft); font-size: .875rem; }
  .stacked td[data-column=""]::before { content: none; }
}
`;
