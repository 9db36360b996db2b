import * as z from "zod";
import { correctionPage, correctionResponses } from "#pages/correction-page.ts";
import { missingPage, missingResponses } from "#pages/missing-page.ts";
import { pageResponse } from "#pages/page-response.ts";
import { getRoute, type Route } from "#runtime/route.ts";
import { text } from "#runtime/route-description.ts";
import { csvResponse } from "../csv-response.ts";
import type { DeskServices } from "../services.ts";
import { userApi } from "./api.ts";
import { userLines } from "./export.ts";
import { filterLabels } from "./filter-form.ts";
import { renderUsers } from "./page.ts";
import { chosenUsers, cursorParameter, filterOf, orderOf } from "./parameters.ts";
import { renderUser } from "./user/page.ts";
import { readUser } from "./user/view.ts";
import { usersView } from "./view.ts";

export function userRoutes(services: DeskServices): readonly Route[] {
  return [
    getRoute({
      path: "/users",
      access: "read",
      summary: "The list of users as a page",
      parameters: chosenUsers.extend({ cursor: cursorParameter }),
      responses: {
        200: text("text/html", "Users by state, with filters, each with its reasons."),
        ...correctionResponses,
      },
      refused: correctionPage({
        ...{ title: "Filter users", section: "/users", method: "get", submit: "Show", back: () => "/users" },
        labels: filterLabels,
      }),
      handle: async ({ cursor, ...chosen }, { caller }) =>
        pageResponse(renderUsers(await usersView(chosen, cursor, services), caller?.name)),
    }),
    getRoute({
      path: "/users.csv",
      access: "read",
      summary: "The list of users as a file",
      parameters: chosenUsers,
      responses: { 200: text("text/csv", "All users chosen, safe to open in a spreadsheet.") },
      handle: async (chosen) =>
        csvResponse("users.csv", userLines(services.users.stream(filterOf(chosen), orderOf(chosen)))),
    }),
    getRoute({
      path: "/users/:user",
      access: "read",
      summary: "One user as a page",
      parameters: z.object({ user: z.string().max(256) }),
      responses: {
        200: text("text/html", "Probability over time, active days, reasons, contacts, and what if."),
        ...missingResponses,
      },
      refused: missingPage("/users", "All users"),
      handle: async ({ user }, { caller }) => pageResponse(renderUser(await readUser(user, services), caller?.name)),
    }),
    getRoute({
      path: "/user",
      access: "read",
      summary: "One user as a page, by an id that no path can hold",
      parameters: z.object({ id: z.string().min(1).max(256) }),
      responses: { 200: text("text/html", "The same as /users/{user}."), ...missingResponses },
      refused: missingPage("/users", "All users"),
      handle: async ({ id }, { caller }) => pageResponse(renderUser(await readUser(id, services), caller?.name)),
    }),
    ...userApi(services),
  ];
}
