import { describe, expect, it } from "vitest";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { formRoute, formType, seeOther } from "#runtime/form-route.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { getRoute, noParameters } from "#runtime/route.ts";
import { correctionPage } from "./correction-page.ts";

const about = { access: "operate", summary: "", responses: {} } as const;
const form = { title: "Name it", section: "/model", submit: "Send", back: () => "/model" } as const;
const labels = { name: "Name", days: "Days" };

const posted = formRoute({
  ...about,
  path: "/names",
  parameters: noParameters,
  body: z.object({ name: z.string().max(3, "takes three letters"), days: z.string(), kind: z.string() }),
  refused: correctionPage({ ...form, method: "post", labels }),
  handle: async ({ name }) => {
    if (name === "ann") throw new InvalidInput("There is an ann already.");
    return seeOther("/");
  },
});

async function post(fields: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const request: HttpRequest = {
    ...{ method: "POST", path: "/names", headers: { "content-type": formType } },
    body: Buffer.from(new URLSearchParams(fields).toString()),
  };
  return posted.handle(request);
}

describe("the page for a form that cannot be taken", () => {
  it("names each field that is wrong, and keeps what was typed, escaped", async () => {
    const { status, body } = await post({ name: '<b>"Annabel', kind: "x" });
    expect(status).toBe(400);
    expect(body).toContain('<a href="#name">Name</a>: takes three letters');
    expect(body).toContain('value="&lt;b&gt;&quot;Annabel" aria-invalid="true"');
    // Neither shown nor lost.
    expect(body).toContain('<input type="hidden" name="kind" value="x">');
    // Was not sent at all.
    expect(body).toContain('<a href="#days">Days</a>');
    expect(body).toContain('<input id="days" name="days" value=""');
  });

  it.each(["toString", "__proto__", "constructor"])(
    "takes a field named %s for one that it does not know",
    async (name) => {
      const { status, body } = await post(Object.fromEntries([[name, "1"]]));
      expect(status).toBe(400);
      expect(body).toContain(`<input type="hidden" name="${name}" value="1">`);
    },
  );

  it("says why a form is refused whose fields are right by themselves", async () => {
    const { status, body } = await post({ name: "ann", days: "3", kind: "x" });
    expect(status).toBe(400);
    expect(body).toContain("There is an ann already.");
    expect(body).toContain('name="days" value="3"');
  });

  it("does not show once more what is longer than 1 MB", async () => {
    const { status, body } = await post({ name: "ann", days: "<".repeat(400_000), kind: "x" });
    expect(status).toBe(400);
    expect(body).toContain("There is an ann already.");
    expect(body).toContain('too long to be shown once more. <a href="/model">');
    expect(String(body).length).toBeLessThan(20_000);
  });

  it("stands in for a page whose filter cannot be read", async () => {
    const page = getRoute({
      ...{ ...about, path: "/names", parameters: z.object({ days: z.string().regex(/^\d+$/, "takes a number") }) },
      refused: correctionPage({ ...form, method: "get", labels }),
      handle: async () => seeOther("/"),
    });
    const request = { method: "GET", path: "/names", headers: {}, query: "days=many", body: Buffer.alloc(0) };
    const { status, body } = await page.handle(request);
    expect(status).toBe(400);
    expect(body).toContain('<form method="get" action="/names"');
    expect(body).toContain('value="many" aria-invalid="true"');
  });
});
