import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html } from "./html.ts";

describe("html", () => {
  it("escapes text and keeps markup that it made itself, in lists as well", () => {
    const bold = html`<b>${"a < b"}</b>`;
    expect(html`<p title="${`"'&`}">${[bold, "<i>", [bold]]}</p>`.markup).toBe(
      '<p title="&quot;&#39;&amp;"><b>a &lt; b</b>&lt;i&gt;<b>a &lt; b</b></p>',
    );
  });

  it("writes coordinates to two decimals", () => {
    expect(html`${1 / 3} ${200} ${-0.004}`.markup).toBe("0.33 200 0");
  });

  it("replaces characters that a page must not hold", () => {
    expect(html`${"a\u0000b\u001bc\ud800d"} ${"tab\tünï 😀"}`.markup).toBe("a\ufffdb\ufffdc\ufffdd tab\tünï 😀");
  });

  it("never lets text open a tag or close an attribute", () => {
    const text = fc.string({ unit: fc.constantFrom("<", ">", '"', "'", "&", ";", "lt", "\u0000", "é") });
    fc.assert(fc.property(text, (text) => !/[<>"']/.test(html`${text}`.markup)));
  });
});
