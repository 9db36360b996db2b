import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify from "fastify";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { accessSettings } from "#runtime/access/access-settings.ts";
import { parseConfig } from "#runtime/config.ts";
import { changeKeys } from "../keys/change-keys.ts";
import { isReachable, listen, requireFreePort, thisMachine } from "./port.ts";
import { requireKey } from "./require-key.ts";

describe("the port", () => {
  it("is open to this machine alone by default", async () => {
    const server = fastify();
    const url = await listen(server, thisMachine, 0);
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    for (const { address } of server.addresses()) expect(["127.0.0.1", "::1"]).toContain(address);
    await server.close();
  });

  it("is reached by others on any address but those of loopback", () => {
    expect(["localhost", "127.0.0.1", "127.9.9.9", "::1"].map(isReachable)).toEqual([false, false, false, false]);
    const reached = ["0.0.0.0", "::", "192.168.1.7", "laptop.example", "127.0.0.1.example"];
    expect(reached.map(isReachable)).toEqual(reached.map(() => true));
  });

  it("is told to be taken, or the address to be another machine's", async () => {
    const server = fastify();
    await server.listen({ host: "127.0.0.1", port: 0 });
    const taken = server.addresses()[0]?.port ?? 0;
    await expect(requireFreePort("127.0.0.1", taken)).rejects.toThrow(`Port ${taken} is in use`);
    await expect(requireFreePort("192.0.2.1", 0)).rejects.toThrow("no address 192.0.2.1");
    await server.close();
  });
});

describe("a port that other machines reach", () => {
  it("needs a key that is valid, or an issuer of tokens", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lapse-port-"));
    const settings = (environment: Record<string, string>) => parseConfig(z.object(accessSettings), environment);
    await expect(requireKey(settings({}), folder, 0, "npx lapse")).rejects.toThrow(
      "Make a key first: npx lapse keys create",
    );
    const key = {
      id: "aaaaaaaa",
      name: "x",
      roles: ["read" as const],
      hash: "0".repeat(64),
      created: "2026-01-01T00:00:00Z",
    };
    const path = join(folder, "keys.json");
    await changeKeys(path, () => ({ keys: [{ ...key, expires: "2026-02-01T00:00:00Z" }], made: undefined }));
    await requireKey(settings({}), folder, Date.UTC(2026, 0, 15), "npx lapse");
    await expect(requireKey(settings({}), folder, Date.UTC(2026, 2, 1), "npx lapse")).rejects.toThrow(
      "Make a key first",
    );
    await requireKey(settings({ KEYS_FILE: path }), "elsewhere", Date.UTC(2026, 0, 15), "npx lapse");
    await requireKey(settings({ OIDC_ISSUER: "https://id.example.com" }), "elsewhere", 0, "npx lapse");
    await writeFile(path, "{");
    await expect(requireKey(settings({}), folder, 0, "npx lapse")).rejects.toThrow("damaged");
    await rm(folder, { recursive: true });
  });
});
