import { basename } from "node:path";
import type { Command } from "commander";
import * as z from "zod";
import { type Assignment, type Campaign, isOwn, windowEnd } from "#churn/campaign/campaign.ts";
import { InvalidInput } from "#churn/failure.ts";
import { days } from "#churn/number-words.ts";
import { campaignId } from "#functions/desk/campaigns/campaign-id.ts";
import { knownFromActions, knownNames } from "#functions/desk/campaigns/known-from-actions.ts";
import { formatCounted } from "#pages/format.ts";
import { calledAs } from "#runtime/called-as.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { CampaignStore, StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { measureCampaign } from "#stores/campaigns/measure-campaign.ts";
import { inChunks } from "#stores/in-chunks.ts";
import { amount, share, wholeDays } from "../../audience/filter-options.ts";
import type { Call } from "../../call/call.ts";
import { parseOptions } from "../../terminal/options.ts";
import { describeResult } from "../describe-result.ts";
import type { Experiment } from "../experiment/read-experiment.ts";
import { addFileOptions, fileOptions } from "../file-options.ts";
import { withStores } from "../open.ts";

export function importCommand(command: Command, call: Call): void {
  command
    .argument("<file>", "a row for each user: CSV and its kin, JSON, NDJSON or Parquet, also .gz or .zst")
    .description(
      "takes in an experiment that was run elsewhere, and shows its result: a file of users with their arm, the time of assignment, and outcomes in columns or read from the actions",
    )
    .option("--name <name>", "what to call it (default: the name of the file)")
    .option("--id <id>", "what commands call it (default: from the name)")
    .option("--by <who>", "who created it (default: you)")
    .optionsGroup("What the columns hold, by name or by number from 1, if lapse does not see it by itself:")
    .option("--user <column>", "who (default: where no name tells, each row is a user)")
    .option("--arm <column>", "which arm")
    .option("--control <text...>", "what stands for the control group in it, such as A or 0")
    .option("--treatment <text...>", "what stands for the treatment (default: all else)")
    .option("--time <column>", "when the user was assigned")
    .option("--assigned-at <day>", "when all were assigned, where no column says, such as 2026-03-01")
    .option(
      "--outcome <column...>",
      "yes or no, or an amount; with :more or :less where its name does not say which is good, such as complaints:less",
    )
    .option("--good <way>", "more or less, of all outcomes")
    .option("--from-log", "outcomes are whether users left, and their value, by the actions that lapse has")
    .option(
      "--covariate <column...>",
      "what was known of users before the assignment: numbers or a few kinds, to adjust for",
    )
    .option("--score <column>", "the probability of leaving at the assignment, to adjust for")
    .option("--value <column>", "what users were worth before, to adjust for")
    .optionsGroup("Of the campaign:")
    .option(
      "--control-share <share>",
      "the share that was to be in the control group, which is checked (default: as it came out)",
    )
    .option(
      "--window <days>",
      "after the assignment: in which users stay or leave, for --from-log (default: 30); and of which training does not learn (default: the churn window)",
    )
    .option("--cost <amount>", "of one contact", "0")
    .option("--incentive <amount>", "what a user cost who took what was offered", "0")
    .action((file: string, options: object) => run(file, options, call));
  addFileOptions(command);
}

const column = z.string().min(1).optional();
const way = z.enum(["more", "less"], "is more or less");

const optionsSchema = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "is of small letters, digits and . _ -, at most 64")
    .optional(),
  by: z.string().trim().min(1).max(200).optional(),
  user: column,
  arm: column,
  time: column,
  score: column,
  value: column,
  control: z.array(z.string()).optional(),
  treatment: z.array(z.string()).optional(),
  assignedAt: z.iso.date("takes a day such as 2026-03-01").transform(Date.parse).optional(),
  outcome: z.array(z.string().min(1)).optional(),
  good: way.optional(),
  fromLog: z.boolean().optional(),
  covariate: z.array(z.string().min(1)).optional(),
  controlShare: share.refine((value) => value > 0 && value < 1, "takes a share between 0 and 1").optional(),
  window: wholeDays.refine((days) => days > 0, "takes at least one day").optional(),
  cost: amount,
  incentive: amount,
});

async function run(file: string, raw: object, call: Call): Promise<void> {
  const options = parseOptions(optionsSchema, raw);
  const { Scratch } = await import("../../log/scratch.ts");
  const { readExperiment } = await import("../experiment/read-experiment.ts");
  const scratch = await Scratch.open();
  try {
    const experiment = await readExperiment(
      await call.inputPath(file),
      { ...options, ...outcomesOf(options), file: fileOptions(raw) },
      Date.now(),
      scratch,
    );
    await keep(
      (churnDays) => campaignOf(basename(file), options, experiment, { user: call.user, churnDays }),
      experiment,
      call,
    );
  } finally {
    await scratch.dispose();
  }
}

/** `complaints:less` as the column and which way is good. */
function outcomesOf({ outcome, good }: z.infer<typeof optionsSchema>) {
  const named = (outcome ?? []).map((text) => {
    const [, name = text, direction] = /^(.+):(more|less)$/.exec(text) ?? [];
    return { name, direction: way.safeParse(direction).data ?? good };
  });
  return {
    ...(outcome !== undefined && { outcome: named.map(({ name }) => name) }),
    good: new Map(
      named.flatMap(({ name, direction }) => (direction === undefined ? [] : [[name, direction] as const])),
    ),
    goodOfAll: good,
  };
}

function campaignOf(
  file: string,
  options: z.infer<typeof optionsSchema>,
  experiment: Experiment,
  { user, churnDays = 30 }: { readonly user: string; readonly churnDays: number | undefined },
): Campaign {
  const name = options.name ?? file.replace(/\.[^.]+(?:\.(?:gz|zst))?$/, "");
  const { treatment, control } = experiment.sizes;
  return {
    id: options.id ?? campaignId(name),
    name,
    audience: `from the file ${file}`,
    controlShare: options.controlShare ?? control / (treatment + control),
    windowDays: windowOf(options.window, experiment, churnDays),
    costPerContact: options.cost,
    incentive: options.incentive,
    outcomes: experiment.outcomes,
    covariates: [...experiment.covariates, ...(experiment.outcomes.length === 0 ? knownNames : [])],
    startsAt: experiment.startsAt,
    lastAssignedAt: experiment.lastAssignedAt,
    createdAt: Date.now(),
    createdBy: options.by ?? user,
  };
}

/**
 * What came with the file has been measured, and is not waited for: then the window is that of which training does not learn. Where
 * it is not known when users were assigned, there is none.
 */
function windowOf(asked: number | undefined, { outcomes, isTimed }: Experiment, churnDays: number): number {
  if (outcomes.length === 0) return asked ?? 30;
  return isTimed ? (asked ?? churnDays) : 0;
}

/** Users stored at a time: many, because the embedded store looks through all users of the campaign for each of them. */
const chunkSize = 50_000;

async function keep(
  campaignWith: (churnDays: number | undefined) => Campaign,
  experiment: Experiment,
  call: Call,
): Promise<void> {
  await withStores(call, async (stores, record) => {
    const campaigns = await stores.campaignStore();
    const actions = await stores.actionStore();
    const features = await stores.featureStore();
    const { passive, churnDays } = (await features.currentSet())?.definition.churn ?? {};
    const campaign = campaignWith(churnDays);
    const { frozen, elsewhere } = await record(
      { action: "campaign.imported", target: campaign.id, details: { audience: campaign.audience } },
      () => store(campaign, experiment, { campaigns, actions, passive }),
      ({ frozen: { sizes } }) => ({ details: { treatment: sizes.treatment, control: sizes.control } }),
    );
    call.print(
      `${[...experiment.notes, ...describeProtection(campaign, experiment), ...describeElsewhere(elsewhere)].join("\n")}\n`,
    );
    const services = { actions, features, campaigns, now: Date.now };
    const none = { treatment: 0, control: 0, others: 0, contactedControls: 0 };
    call.print(describeResult(frozen, await measureCampaign(frozen, services), none));
    call.print(`\nKept as ${campaign.id}: ${calledAs(call.environment)} campaigns show ${campaign.id}`);
  });
}

async function store(
  campaign: Campaign,
  experiment: Experiment,
  {
    campaigns,
    actions,
    passive,
  }: { campaigns: CampaignStore; actions: ActionStore; passive: readonly string[] | undefined },
): Promise<{ frozen: StoredCampaign; elsewhere: number }> {
  let elsewhere = 0;
  await campaigns.create(campaign);
  const isMeasured = !isOwn(campaign);
  let isAnyoneKnown = isMeasured;
  try {
    for await (const chunk of inChunks(experiment.assignments(), chunkSize)) {
      elsewhere += await countInOthers(chunk, campaign, campaigns);
      const known = isMeasured ? chunk : await knownFromActions(chunk, campaign.windowDays, actions, passive);
      await campaigns.assign(campaign, known);
      isAnyoneKnown ||= (await actions.historiesOf(chunk.map(({ userId }) => userId))).size > 0;
    }
    if (!isAnyoneKnown)
      throw new InvalidInput(
        "lapse has no action of any of these users, so all of them would count as having left. Import their actions first, and see that the ids are the same.",
      );
  } catch (error) {
    await campaigns.remove(campaign.id).catch(() => undefined);
    throw error;
  }
  return { frozen: await campaigns.freeze(campaign.id), elsewhere };
}

/** How many have a window of another campaign that overlaps with their window of this one. */
async function countInOthers(
  assignments: readonly Assignment[],
  { windowDays }: Campaign,
  campaigns: Pick<CampaignStore, "assignmentsOf">,
): Promise<number> {
  const others = await campaigns.assignmentsOf(assignments.map(({ userId }) => userId));
  return assignments.filter(({ userId, assignedAt }) =>
    others
      .get(userId)
      ?.some((other) => other.closesAt > assignedAt && other.assignedAt < windowEnd(assignedAt, windowDays)),
  ).length;
}

/** Without the time of assignment, no one knows which rows of training the treatment has changed. */
function describeProtection({ windowDays }: Campaign, { outcomes, isTimed }: Experiment): string[] {
  if (outcomes.length === 0) return [];
  return [
    isTimed
      ? `For ${days(windowDays)} after their assignment, training leaves out those treated, and the control group stands in for them (--window).`
      : "Training is not protected from this experiment, as it is not known when users were assigned.",
  ];
}

/** They stay: the experiment was run as it was, and training must be protected from all of it. */
function describeElsewhere(users: number): string[] {
  if (users === 0) return [];
  return [
    `${formatCounted(users, "user")} ${users === 1 ? "was" : "were"} in another campaign at the same time: what was done there is part of this result, and the other way round.`,
  ];
}
