import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserHistory } from "#churn/user-history.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { RunningProgram } from "#test/support/running-program.ts";

/** The ingest function in its own process, with an embedded store in its own folder. */
export class RealIngest {
  readonly url: string;
  readonly #program: RunningProgram;
  readonly #folder: string;

  private constructor(url: string, program: RunningProgram, folder: string) {
    this.url = url;
    this.#program = program;
    this.#folder = folder;
  }

  static async start(): Promise<RealIngest> {
    const folder = await mkdtemp(join(tmpdir(), "lapse-ingest-"));
    const program = RunningProgram.ofFunction("ingest/main.ts", {
      PORT: "0",
      DATA_DIR: folder,
      LOG_LEVEL: "info",
    });
    const port = await program.says(/listens on port (\d+)/);
    return new RealIngest(`http://127.0.0.1:${port}/`, program, folder);
  }

  /** Stops it and returns what is stored: every user with their actions by day. */
  async stored(): Promise<UserHistory[]> {
    await this.#program.end();
    const stores = await setUpStores({ dataDir: this.#folder }, Date.now);
    await stores.actions.rollUp();
    const histories: UserHistory[] = [];
    for await (const history of stores.actions.histories()) histories.push(history);
    await stores.close();
    return histories;
  }

  async remove(): Promise<void> {
    await this.#program.end("SIGKILL");
    await rm(this.#folder, { recursive: true });
  }
}
