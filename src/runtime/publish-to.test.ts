import { expect, it } from "vitest";
import * as z from "zod";
import { brokerSettings } from "./publish-to.ts";

const settings = z.object(brokerSettings);

it.each(["localhost:8080/broker", "broker.lapse.svc", "amqp://broker"])(
  "is told at its start that %s is not where events can be sent",
  (url) => {
    expect(settings.safeParse({ BROKER_URL: url }).error?.issues).toMatchObject([
      { path: ["BROKER_URL"], message: "must be a URL that begins with http:// or https://." },
    ]);
  },
);

it("may have no Broker, or one in the cluster", () => {
  expect(settings.parse({})).toEqual({});
  const BROKER_URL = "http://default-broker-ingress.lapse.svc.cluster.local";
  expect(settings.parse({ BROKER_URL })).toEqual({ BROKER_URL });
});
