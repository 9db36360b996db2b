import { expect, it } from "vitest";
import { wholeDays } from "./whole-days.ts";

it("keeps each day of a text together, and escapes the rest", () => {
  expect(wholeDays("<proof> 2026-08-18, serving 2026-10-27").markup).toBe(
    '&lt;proof&gt; <span class="day">2026-08-18,</span> serving <span class="day">2026-10-27</span>',
  );
  expect(wholeDays("–").markup).toBe("–");
});
