import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { dashboards } from "./dashboards.ts";
import { toGrafana } from "./grafana.ts";
import { jsonName, jsonOf } from "./json.ts";

const folder = fileURLToPath(new URL("json/", import.meta.url));

describe("the dashboards", () => {
  it.each(dashboards)("$name is committed as the code gives it (npm run regenerate)", async (dashboard) => {
    expect(await readFile(`${folder}${jsonName(dashboard)}`, "utf8")).toBe(jsonOf(dashboard));
  });

  it("are all that is committed", async () => {
    expect((await readdir(folder)).sort()).toEqual(dashboards.map(jsonName).sort());
  });

  it("have panels with a title and a description of their own, whose queries go to the data source chosen", () => {
    for (const dashboard of dashboards) {
      const panels = dashboard.rows.flatMap((row) => row.panels);
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
      const drawn = (toGrafana(dashboard).panels ?? []).filter(({ type }) => type !== "row");
      expect(drawn).toHaveLength(panels.length);
      for (const panel of drawn) {
        expect(panel).toMatchObject({ title: expect.stringMatching(/./), description: expect.stringMatching(/./) });
        expect(JSON.stringify(panel)).toContain('"uid":"$datasource"');
      }
    }
  });
});
