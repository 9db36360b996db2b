import { expect, it } from "vitest";
import { html } from "./html.ts";
import { keptTogether } from "./kept-together.ts";

it("keeps a number on the line of its unit", () => {
  const { markup } = html`<p>with a 95 % interval, +3.1 points, in 12 s: 1 min 5 s, 30 days, 3 × “login”, × 3.06</p>`;
  expect(keptTogether(markup)).toBe(
    "<p>with a 95\u00a0% interval, +3.1\u00a0points, in 12\u00a0s: 1\u00a0min 5\u00a0s, 30\u00a0days, 3\u00a0×\u00a0“login”, ×\u00a03.06</p>",
  );
});

it("leaves what is no unit, attributes, what was typed, ids and styles as they are", () => {
  for (const same of [
    "<p>2 users, 3 such days, 4 s-curves</p>",
    html`<input name="note" value="${'5 % off > 3 % "less"'}">`.markup,
    "<textarea>5 % off\n3 days</textarea>",
    "<bdi>user 5 %</bdi>",
    "<style>.a { width: 5 %; }</style>",
    "<code>sleep 5 s</code>",
  ])
    expect(keptTogether(same)).toBe(same);
});
