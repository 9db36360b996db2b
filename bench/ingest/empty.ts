/** The least that a function on the framework does: its body is read and parsed, and nothing is done with it. */
import { http } from "@google-cloud/functions-framework";

http("empty", (_request, response) => {
  response.status(204).end();
});
