// Makes the trial's passwords, each a Secret of this namespace. What is there already stays: the servers were started with it.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const mounted = "/var/run/secrets/kubernetes.io/serviceaccount";
const namespace = readFileSync(`${mounted}/namespace`, "utf8");
const url = `https://kubernetes.default.svc/api/v1/namespaces/${namespace}/secrets`;
// Of 144 bits. In hexadecimal, as mc takes what begins with a hyphen for an option; MinIO takes at most 40 characters.
const password = () => randomBytes(18).toString("hex");

const secrets = {
  "elasticsearch-root": { ELASTIC_PASSWORD: password() },
  "lapse-elasticsearch": { ELASTICSEARCH_USERNAME: "lapse", ELASTICSEARCH_PASSWORD: password() },
  "lapse-elasticsearch-reader": { ELASTICSEARCH_USERNAME: "lapse-reader", ELASTICSEARCH_PASSWORD: password() },
  "minio-root": { MINIO_ROOT_USER: "lapse-root", MINIO_ROOT_PASSWORD: password() },
  "lapse-models-reader": { MINIO_ACCESS_KEY: "lapse-reader", MINIO_SECRET_KEY: password() },
  "lapse-models-trainer": { MINIO_ACCESS_KEY: "lapse-trainer", MINIO_SECRET_KEY: password() },
};

for (const [name, stringData] of Object.entries(secrets)) {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${readFileSync(`${mounted}/token`, "utf8")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData }),
  });
  if (response.status === 201) console.log(`Made ${name}.`);
  else if (response.status === 409) console.log(`Kept ${name}.`);
  else throw new Error(`Kubernetes refused the Secret ${name}: ${response.status} ${await response.text()}`);
}
