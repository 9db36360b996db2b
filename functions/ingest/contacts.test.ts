import { CloudEvent, HTTP } from "cloudevents";
import { expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { InvalidInput } from "#churn/failure.ts";
import { contactEvent } from "#runtime/event-kinds.ts";
import type { Contact, OptOut } from "#stores/contacts/contact-store.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { CampaignWatch } from "./campaign-watch.ts";
import { handle } from "./function.ts";

const now = () => Date.parse("2024-03-01T12:00:00Z");
const time = Date.parse("2024-03-01T10:00:00Z");
const source = "/mailer";

async function send(
  events: readonly { readonly id: string; readonly data?: unknown }[],
  mode: "one" | "batch" = "one",
  see: (campaigns: readonly (string | undefined)[]) => void = () => undefined,
) {
  const kept = { actions: [] as Action[], contacts: [] as Contact[], optOuts: [] as OptOut[] };
  const services = {
    actions: {
      append: async (actions: readonly Action[]) => {
        kept.actions.push(...actions);
        return actions.map(() => ({ status: "created" as const }));
      },
    },
    contacts: {
      append: async (contacts: readonly Contact[]) => {
        kept.contacts.push(...contacts);
        return { created: contacts.length, duplicates: 0 };
      },
      optOut: async (optOuts: readonly OptOut[]) => void kept.optOuts.push(...optOuts),
    },
    campaignWatch: { see: async (campaigns: readonly (string | undefined)[]) => see(campaigns) },
    now,
    mostItems: 10,
  };
  const whole = events.map(
    (event) =>
      new CloudEvent({ type: contactEvent.type, source, subject: "ann", time: new Date(time).toISOString(), ...event }),
  );
  const [first] = whole;
  const { headers, body } =
    mode === "one"
      ? HTTP.structured(first!)
      : { headers: { "content-type": "application/cloudevents-batch+json" }, body: JSON.stringify(whole) };
  const request = { method: "POST", path: "/events", headers, body: Buffer.from(String(body)) };
  return { answer: await handle(request, services), ...kept };
}

it("keeps a contact with its campaign and channel, and the passive action that it is", async () => {
  const { contacts, actions } = await send([
    { id: "1", data: { action: "mail", campaign: "spring", channel: "mail" } },
  ]);
  expect(contacts).toEqual([{ userId: "ann", time, campaignId: "spring", channel: "mail" }]);
  expect(actions).toMatchObject([{ userId: "ann", action: "mail", passive: true, eventId: "1", source }]);
  expect((await send([{ id: "2" }])).contacts).toEqual([
    { userId: "ann", time, campaignId: undefined, channel: undefined },
  ]);
});

it.each(["", " NULL ", "(none)", null])("calls it contact where its data names the action %j", async (action) => {
  expect((await send([{ id: "1", data: { action } }])).actions).toMatchObject([{ action: "contact", passive: true }]);
});

it("keeps who wants no contact, which is none", async () => {
  const { contacts, optOuts, actions } = await send([{ id: "1", data: { opt_out: true } }]);
  expect(contacts).toEqual([]);
  expect(optOuts).toEqual([{ userId: "ann", time }]);
  expect(actions).toMatchObject([{ action: "opt_out", passive: true }]);
});

it("keeps those of a batch, and reports one that is not valid by its place", async () => {
  const { answer, contacts } = await send([{ id: "1" }, { id: "2", data: { campaign: "x".repeat(65) } }], "batch");
  expect(contacts).toHaveLength(1);
  expect(JSON.parse(String(answer.body))).toMatchObject({
    accepted: 1,
    rejected: [{ index: 1, field: "data.campaign", error: "is longer than 64 characters." }],
  });
});

it.each([
  ["1", true],
  [1, true],
  [" YES ", true],
  ["0", false],
  ["no", false],
  ["(null)", false],
])("reads an opt-out that is %j as whatever else is true or false", async (opt_out, isOptOut) => {
  const { contacts, optOuts } = await send([{ id: "1", data: { opt_out } }]);
  expect([contacts.length, optOuts.length]).toEqual(isOptOut ? [0, 1] : [1, 0]);
});

it.each(["perhaps", 2, {}])("refuses a contact whose opt-out is %j", async (opt_out) => {
  await expect(send([{ id: "1", data: { opt_out } }])).rejects.toThrow(InvalidInput);
});

it("warns of campaigns that do not exist, at most once in ten seconds, and keeps the contacts", async () => {
  let time = 0;
  const warnings: string[] = [];
  const watch = new CampaignWatch({
    campaigns: {
      campaigns: async () => [{ ...exampleCampaign(), isFrozen: true, sizes: { treatment: 1, control: 1 } }],
    },
    warn: (message) => void warnings.push(message),
    now: () => time,
  });
  await watch.see(["spring", undefined]);
  await watch.see(["sprnig", "autumn", "sprnig"]);
  expect(warnings).toEqual([]);
  time += 10_000;
  await watch.see([undefined]);
  await watch.see([]);
  expect(warnings).toEqual([
    "ingest took 3 contacts of campaigns that do not exist, which count for no result: sprnig, autumn.",
  ]);
  const seen: unknown[] = [];
  const { contacts } = await send([{ id: "1", data: { campaign: "sprnig" } }], "one", (ids) => void seen.push(...ids));
  expect([contacts.length, seen]).toEqual([1, ["sprnig"]]);
});

it("keeps contacts while the campaigns cannot be read", async () => {
  const watch = new CampaignWatch({
    campaigns: { campaigns: () => Promise.reject(new StoreUnavailable("Could not read the campaigns: away")) },
    warn: () => expect.fail("nothing is known to be wrong"),
    now: () => 0,
  });
  await expect(watch.see(["spring"])).resolves.toBeUndefined();
});
