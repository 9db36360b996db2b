import type { DuckDBConnection } from "@duckdb/node-api";
import { deleteUsers } from "../../connections/duckdb/delete-users.ts";
import type { ErasedFeatures } from "../feature-store.ts";

/** Deletes the features and scores of these users. Returns how many there were. */
export async function eraseUsers(connection: DuckDBConnection, userIds: readonly string[]): Promise<ErasedFeatures> {
  return {
    features: await deleteUsers(connection, "features", userIds),
    scores: await deleteUsers(connection, "scores", userIds),
  };
}
