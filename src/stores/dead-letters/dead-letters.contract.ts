import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeadLetter, DeadLetters } from "./dead-letters.ts";

/** What every DeadLetters must do; `make` returns an empty one, and how to remove it. */
export function describeDeadLetters(
  name: string,
  make: () => Promise<{ letters: DeadLetters; dispose: () => Promise<void> }>,
): void {
  describe(`${name} as dead letters`, () => {
    let letters: DeadLetters;
    let dispose: () => Promise<void>;

    beforeEach(async () => {
      ({ letters, dispose } = await make());
    });

    afterEach(() => dispose());

    it("are empty at first", async () => {
      expect(await letters.list()).toEqual([]);
      expect(await letters.count()).toBe(0);
      expect(await letters.get("0".repeat(24))).toBeUndefined();
    });

    it("return everything about a letter", async () => {
      const full: DeadLetter = {
        event: {
          id: "1",
          source: "/shop",
          type: "dev.lapse.action",
          subject: "ünï/cødé",
          time: "2026-03-01T00:00:00Z",
          data: { list: [1, null, "x"], zero: 0 },
          extensions: { lapsejob: "x", attempt: 3, flag: false },
        },
        destination: "http://ingest.lapse.svc.cluster.local",
        status: 400,
        answer: '{"error":"no user"}',
        recordedAt: 1_772_323_200_123,
      };
      await letters.record(full);
      const [kept] = await letters.list();
      expect(kept).toEqual({ ...full, id: kept?.id });
      expect(await letters.get(kept?.id ?? "")).toEqual(kept);
    });

    it("keep data that is not JSON byte for byte, with its content type", async () => {
      const bytes = Buffer.from([0, 255, 60, 34, 10]);
      const described = { datacontenttype: "application/octet-stream", dataschema: "https://example.com/s" };
      const event = { id: "1", source: "/s", type: "t", ...described, bytes };
      await letters.record({ event, recordedAt: 5 });
      const [kept] = await letters.list();
      expect(kept?.event).toEqual(event);
    });

    it("store a letter of which little is known", async () => {
      const bare = { event: { id: "1", source: "/s", type: "t" }, recordedAt: 5 };
      await letters.record(bare);
      const [kept] = await letters.list();
      expect(kept).toEqual({ ...bare, id: kept?.id });
    });

    it("keep data that is false, zero or null", async () => {
      const values = [false, 0, null, ""];
      for (const [i, data] of values.entries()) {
        await letters.record({ event: { id: `${i}`, source: "/s", type: "t", data }, recordedAt: -i + 10 });
      }
      expect((await letters.list()).map(({ event }) => event.data)).toEqual(values);
    });

    it("list the latest first", async () => {
      for (const at of [20, 9, 100]) await letters.record(letterOf(`at ${at}`, at));
      expect((await letters.list()).map(({ recordedAt }) => recordedAt)).toEqual([100, 20, 9]);
      expect(await letters.count()).toBe(3);
    });

    it("keep one letter per event and destination, the latest", async () => {
      await letters.record({ ...letterOf("1", 10), status: 503 });
      await letters.record({ ...letterOf("1", 20), status: 400 });
      expect((await letters.list()).map(({ recordedAt, status }) => [recordedAt, status])).toEqual([[20, 400]]);
      expect(await letters.count()).toBe(1);
    });

    it("say whether a letter is there, and whether one that was recorded is new", async () => {
      const letter = letterOf("1", 10);
      expect([await letters.has(letter), await letters.record(letter)]).toEqual([false, true]);
      expect([await letters.has(letter), await letters.record({ ...letter, recordedAt: 20 })]).toEqual([true, false]);
      const [kept] = await letters.list();
      await letters.remove(kept!);
      expect([await letters.has(letter), await letters.record(letter)]).toEqual([false, true]);
    });

    it("have one letter of a Service by its name and by its URL, whichever comes first", async () => {
      const url = "http://ingest.lapse.svc.cluster.local";
      const destinations = ["ingest", url, `${url}/`, `${url}/delivered`, "http://ingest.lapse.svc:8080/delivered"];
      for (const [i, destination] of destinations.entries())
        expect(await letters.record({ ...letterOf("1", i), destination })).toBe(i === 0);
      await letters.record({ ...letterOf("2", 10), destination: url });
      expect(await letters.record({ ...letterOf("2", 11), destination: "ingest" })).toBe(false);
      expect(await letters.count()).toBe(2);
    });

    it("have a letter of each JobSink, and of each URL outside the cluster", async () => {
      const sink = "http://job-sink.knative-eventing.svc.cluster.local/lapse";
      for (const destination of [`${sink}/train`, `${sink}/other`, "https://a.example.com", "https://a.example.org"])
        expect(await letters.record({ ...letterOf("1", 1), destination })).toBe(true);
    });

    it.each([
      ["what a Service itself says of the failure, where its broker says nothing", { status: 503 }, 503],
      ["the status, too, where the broker had none", {}, 400],
    ])("keep %s", async (_, known, status) => {
      const answer = '{"error":"no user"}';
      await letters.record({ ...letterOf("1", 10), status: 400, answer });
      const { status: __, ...bare } = letterOf("1", 20);
      await letters.record({ ...bare, ...known });
      expect(await letters.list()).toMatchObject([{ recordedAt: 20, status, answer }]);
    });

    it("take what a broker says later for the reason, and what an earlier recording says that comes late for nothing new", async () => {
      await letters.record({ ...letterOf("1", 10), status: 503, answer: "first" });
      await letters.record({ ...letterOf("1", 30), status: 400, answer: "last" });
      await letters.record({ ...letterOf("1", 20), status: 500, answer: "late" });
      expect(await letters.list()).toMatchObject([{ recordedAt: 30, status: 400, answer: "last" }]);
    });

    it("keep letters of different ids, sources and destinations apart", async () => {
      const one = letterOf("1", 10);
      await letters.record(one);
      await letters.record(letterOf("2", 10));
      await letters.record({ ...one, event: { ...one.event, source: "/other" } });
      await letters.record({ ...one, destination: "http://elsewhere" });
      const kept = await letters.list();
      expect(new Set(kept.map(({ id }) => id)).size).toBe(4);
      expect(kept.map(({ id }) => id)).toEqual(kept.map(({ id }) => id).sort());
    });

    it("remove one letter", async () => {
      await letters.record(letterOf("1", 10));
      await letters.record(letterOf("2", 20));
      const [latest] = await letters.list();
      await letters.remove(latest!);
      expect((await letters.list()).map(({ event }) => event.id)).toEqual(["1"]);
      await letters.remove(latest!);
      expect(await letters.get(latest!.id)).toBeUndefined();
    });

    it("do not remove a later letter of the same event", async () => {
      await letters.record(letterOf("1", 10));
      const [first] = await letters.list();
      await letters.record(letterOf("1", 20));
      await letters.remove(first!);
      expect((await letters.list()).map(({ recordedAt }) => recordedAt)).toEqual([20]);
    });

    it("store many at a time", async () => {
      await Promise.all(Array.from({ length: 50 }, (_, i) => letters.record(letterOf(`${i}`, i))));
      await Promise.all(Array.from({ length: 10 }, (_, i) => letters.record(letterOf("same", 100 + i))));
      expect((await letters.list()).map(({ recordedAt }) => recordedAt)).toEqual(
        [109, ...Array(50).keys()].sort((a, b) => b - a),
      );
    });
  });
}

function letterOf(id: string, recordedAt: number): DeadLetter {
  return { event: { id, source: "/shop", type: "t" }, destination: "http://ingest", status: 500, recordedAt };
}
