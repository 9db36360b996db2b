import { type Browser, type BrowserContextOptions, chromium, type Page, type Response } from "playwright-core";

/** The program that shows pages: CHROMIUM, or where Debian's package puts it. */
export function chromiumPath(): string {
  return process.env.CHROMIUM || "/usr/bin/chromium";
}

/** A real Chromium, whose pages remember what went wrong in them. */
export class TestBrowser {
  readonly #browser: Browser;
  readonly #faults = new WeakMap<Page, string[]>();
  readonly #policies = new WeakMap<Page, string>();

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    // In a container Chromium cannot make the namespaces of its own sandbox; it sees pages of this machine only.
    const args = [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
    ];
    return new TestBrowser(await chromium.launch({ executablePath: chromiumPath(), args }));
  }

  /**
   * A page of a reader of its own, who shares cookies with no other. With `javaScriptEnabled: false` nothing can look into
   * the page by a script either, as `faultsOfLooks` does.
   */
  async page(context: BrowserContextOptions = {}): Promise<Page> {
    const reader = await this.#browser.newContext(context);
    const page = await reader.newPage();
    page.setDefaultTimeout(15_000);
    const faults: string[] = [];
    this.#faults.set(page, faults);
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (message) => {
      // A page that is a refusal is told as an error too; tests look at statuses themselves.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        faults.push(message.text());
    });
    page.on("response", (response) => {
      const { "content-security-policy": policy = "", "content-disposition": file } = response.headers();
      const isShown = response.status() < 300 || response.status() >= 400;
      // What is downloaded leaves the page as it is.
      if (isShown && file === undefined && response.request().isNavigationRequest() && isMain(response, page))
        this.#policies.set(page, policy);
    });
    return page;
  }

  /** Errors of scripts, and what the Content-Security-Policy kept from being loaded or run, so far. */
  faultsOf(page: Page): readonly string[] {
    return this.#faults.get(page) ?? [];
  }

  /** The Content-Security-Policy that came with what the page shows; empty if none did. */
  policyOf(page: Page): string {
    return this.#policies.get(page) ?? "";
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

function isMain(response: Response, page: Page): boolean {
  return response.frame() === page.mainFrame();
}
