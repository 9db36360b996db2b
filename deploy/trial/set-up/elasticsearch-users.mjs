// Creates the two users of Elasticsearch, each with its role. May be run again at any time.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const { ELASTIC_PASSWORD, WRITER, WRITER_PASSWORD, READER, READER_PASSWORD } = process.env;
const authorization = `Basic ${Buffer.from(`elastic:${ELASTIC_PASSWORD}`).toString("base64")}`;

async function put(path, body) {
  const response = await fetch(`http://elasticsearch:9200/_security/${path}`, {
    method: "PUT",
    headers: { authorization, "content-type": "application/json" },
    body,
  });
  if (!response.ok) throw new Error(`Elasticsearch refused ${path}: ${response.status} ${await response.text()}`);
}

/** A user with the role of the same name as its file. */
async function user(name, password, role) {
  await put(`role/${role}`, readFileSync(`/roles/${role}.json`));
  await put(`user/${name}`, JSON.stringify({ password, roles: [role] }));
}

// It takes half a minute to start.
while (!(await fetch("http://elasticsearch:9200", { headers: { authorization } }).catch(() => undefined))?.ok)
  await pause(1000);
await user(WRITER, WRITER_PASSWORD, "lapse");
await user(READER, READER_PASSWORD, "lapse-reader");
