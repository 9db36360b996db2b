import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { exampleModel } from "#test/support/example-model.ts";
import { summary } from "./summary.ts";

const { manifest } = exampleModel();

/** What is told, without colours, which a terminal, or FORCE_COLOR, has. */
async function told({ isLoaded, version }: { isLoaded: boolean; version: string | undefined }): Promise<string> {
  const text = await summary({
    url: "http://localhost:8080",
    stores: {
      models: {
        alias: async () => (version === undefined ? undefined : { version, movedAt: "", revision: "1" }),
        manifest: async () => manifest,
      },
      features: {
        topScores: async () => [],
        currentSet: async () => undefined,
        countUsers: async () => ({ here: 0, lapsed: 0 }),
      },
      actions: { actionFrequencies: async () => [], extent: async () => undefined },
    },
    isLoaded,
    isKeyNeeded: false,
    churn: { churnDays: 30, leadDays: 0, observeDays: 120 },
    because: "a test",
    now: 0,
  });
  return stripVTControlCharacters(text);
}

describe("what npm start says in the end", () => {
  it("is that it is ready, also while there is no model to be loaded", async () => {
    const withModel = await told({ isLoaded: true, version: manifest.version });
    expect(withModel).toContain("Ready on http://localhost:8080");
    expect(withModel).not.toContain("could not be loaded");
    const withoutModel = await told({ isLoaded: false, version: undefined });
    expect(withoutModel).toContain("No model is in service yet.");
    expect(withoutModel).toContain("Ready on http://localhost:8080");
  });

  it("is not that it is ready where the model in service could not be loaded", async () => {
    const text = await told({ isLoaded: false, version: manifest.version });
    expect(text).toContain(`Version ${manifest.version} could not be loaded`);
    expect(text).toContain("Without predictions on http://localhost:8080");
    expect(text).not.toContain("Ready on");
  });
});
