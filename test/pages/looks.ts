import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import * as z from "zod";
import type { TestBrowser } from "#test/support/browser.ts";

/** A computer and a telephone, in CSS pixels. */
const widths = [1280, 390];
const schemes = ["light", "dark"] as const;

/**
 * What is wrong with a page as it stands, on a computer and a telephone, light and dark: what axe-core finds serious or
 * critical, a page that is wider than its window, one that does not fit on paper, a policy that lets a script run, and what the
 * browser complained of. Empty for a page that is well. With SCREENSHOTS=FOLDER each look is kept there as
 * NAME-WIDTH-SCHEME.png, and that on paper as NAME-print.png.
 */
export async function faultsOfLooks(browser: TestBrowser, page: Page, name: string): Promise<readonly string[]> {
  const faults = [...(await inPrint(page, name)), ...(await laxPolicy(browser, page, name))];
  for (const width of widths) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      const look = `${name}-${width}-${colorScheme}`;
      await keepScreenshot(page, look);
      const found = [...(await inaccessible(page)), ...(await overWide(page))];
      faults.push(...found.map((fault) => `${look}: ${fault}`));
    }
  }
  return [...faults, ...browser.faultsOf(page).map((fault) => `${name}: ${fault}`)];
}

/** The width of A4 less the margins that the style gives it, in CSS pixels. */
const paperWidth = 680;

/** On paper nothing can be scrolled to, and all is on light ground. */
async function inPrint(page: Page, name: string): Promise<readonly string[]> {
  await page.setViewportSize({ width: paperWidth, height: 1000 });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await keepScreenshot(page, `${name}-print`);
  const cut = z.array(z.string()).parse(
    await page.evaluate(
      `[...document.querySelectorAll(".scroll, pre")]
          .filter((part) => part.scrollWidth > part.clientWidth + 1)
          .map((part) => part.ariaLabel ?? part.localName)`,
    ),
  );
  const ground = z.string().parse(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
  const faults = [
    ...(await overWide(page)),
    ...cut.map((part) => `“${part}” is cut off`),
    ...(ground === "rgb(255, 255, 255)" ? [] : [`its ground is ${ground}`]),
  ];
  await page.emulateMedia({ media: null });
  return faults.map((fault) => `${name}-print: ${fault}`);
}

/** Nothing is loaded or run but the styles of the page itself, and nothing frames it. */
async function laxPolicy(browser: TestBrowser, page: Page, name: string): Promise<readonly string[]> {
  const policy = browser.policyOf(page);
  const directives = policy.split("; ");
  const wanted = ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"];
  const lax = directives.filter((directive) => /^(script|connect)-src|unsafe|\*|https?:/.test(directive));
  return [
    ...wanted.filter((one) => !directives.includes(one)).map((one) => `${name}: its policy lacks ${one}: ${policy}`),
    ...lax.map((one) => `${name}: its policy has ${one}`),
    ...((await page.locator("script").count()) > 0 ? [`${name}: it has a script`] : []),
  ];
}

async function keepScreenshot(page: Page, look: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${look}.png`), fullPage: true });
}

const foundSchema = z.array(
  z.object({ id: z.string(), impact: z.string(), help: z.string(), targets: z.array(z.string()) }),
);

async function inaccessible(page: Page): Promise<readonly string[]> {
  // By the protocol of the browser's tools, to which the page's policy does not apply.
  await page.evaluate(axe.source);
  const found = foundSchema.parse(
    await page.evaluate(`axe.run(document, { resultTypes: ["violations"], preload: false }).then(({ violations }) =>
      violations.map(({ id, impact, help, nodes }) => ({
        id, impact: impact ?? "minor", help, targets: nodes.map(({ target }) => target.join(" ")),
      })))`),
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, targets }) => `${help} (${id}): ${targets.slice(0, 3).join(", ")}`);
}

/** A table may be scrolled within its own box, but not the page sideways. */
async function overWide(page: Page): Promise<readonly string[]> {
  const by = z.number().parse(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"));
  return by > 0 ? [`the page is ${by} pixels wider than its window`] : [];
}
