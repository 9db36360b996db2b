import { describe, expect, it } from "vitest";
import { spansOfStores } from "#test/support/recording-tracer.ts";
import { StoreUnavailable } from "./failures.ts";
import { tracedStore } from "./traced-store.ts";

class Numbers {
  readonly kept: number[] = [];
  #closed = false;

  async put(numbers: readonly number[]): Promise<void> {
    this.kept.push(...numbers);
  }

  async find(wanted: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
    return new Map(this.kept.filter((one) => wanted.has(one)).map((one) => [one, `${one}`]));
  }

  async *all(): AsyncGenerator<number> {
    yield* this.kept;
  }

  async fail(): Promise<void> {
    throw new StoreUnavailable("eve is away");
  }

  close(): boolean {
    this.#closed = true;
    return this.#closed;
  }
}

const system = { "db.system.name": "duckdb" };

/** The spans of what `use` does with a traced store. */
async function spansOf(use: (store: Numbers) => Promise<void>) {
  const spans = await spansOfStores((own) =>
    use(tracedStore(new Numbers(), { spans: own, name: "numbers", attributes: system })),
  );
  return spans.map(({ name, attributes: told }) => ({ name, told }));
}

describe("a traced store", () => {
  it("tells how many things each call was given, and how many it returned", async () => {
    const spans = await spansOf(async (store) => {
      await store.put([1, 2, 3]);
      expect(await store.find(new Set([1, 9]))).toEqual(new Map([[1, "1"]]));
    });
    expect(spans).toEqual([
      { name: "numbers.put", told: { ...system, "db.operation.batch.size": 3 } },
      { name: "numbers.find", told: { ...system, "db.operation.batch.size": 2, "db.response.returned_rows": 1 } },
    ]);
  });

  it("has one span for a stream, also where its reader has had enough", async () => {
    const spans = await spansOf(async (store) => {
      await store.put([1, 2, 3]);
      const read: number[] = [];
      for await (const one of store.all()) read.push(one);
      expect(read).toEqual([1, 2, 3]);
      for await (const one of store.all()) if (one === 2) break;
    });
    expect(spans.slice(1)).toEqual([
      { name: "numbers.all", told: { ...system, "db.response.returned_rows": 3 } },
      { name: "numbers.all", told: { ...system, "db.response.returned_rows": 2 } },
    ]);
  });

  it("passes failures on as they are, and tells of their class alone", async () => {
    const spans = await spansOf(async (store) => {
      await expect(store.fail()).rejects.toThrow(StoreUnavailable);
    });
    expect(spans).toEqual([{ name: "numbers.fail", told: { ...system, "error.type": "StoreUnavailable" } }]);
  });

  it("is the store itself where no span runs", async () => {
    const store = tracedStore(new Numbers(), {
      spans: { begin: () => undefined, note: () => undefined },
      name: "numbers",
      attributes: {},
    });
    await store.put([4]);
    expect(store.kept).toEqual([4]);
    expect(store.close()).toBe(true);
    expect(store).toBeInstanceOf(Numbers);
  });
});
