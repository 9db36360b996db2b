import type { FastifyReply } from "fastify";

export const jsonType = "application/json; charset=utf-8";

export function sendJson(reply: FastifyReply, status: number, body: unknown): void {
  reply.code(status).type(jsonType).send(JSON.stringify(body));
}
