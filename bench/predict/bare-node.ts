/**
 * The least that a server on Node does: it reads a body, parses it as JSON and answers with the same prediction each
 * time. How far lapse is from it is what lapse itself costs; how far it is from others, what Node allows.
 */
import { createServer } from "node:http";

const answer = '{"predictions":[{"probability":0.5,"risk":"high","model_version":"none"}]}';

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString());
    response
      .writeHead(200, { "content-type": "application/json", "content-length": String(answer.length) })
      .end(answer);
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
