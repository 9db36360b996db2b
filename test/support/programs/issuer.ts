import { createServer } from "node:http";
import { type Configuration, Provider } from "oidc-provider";
import * as z from "zod";

/**
 * An issuer of OpenID Connect tokens, as a process of its own: to the client `shop` it issues access tokens for the audience
 * that is asked for, with the roles of ROLES. ISSUER_KEYS are its private keys, as a JSON Web Key Set. With DESK_URL people
 * sign in for the client `desk` there, by any name and password; PEOPLE has the claims of each name.
 */
const { PORT, ISSUER_KEYS, ROLES, DESK_URL, PEOPLE } = z
  .object({
    PORT: z.coerce.number(),
    ISSUER_KEYS: z.string(),
    ROLES: z.string(),
    DESK_URL: z.string().optional(),
    PEOPLE: z.string().default("{}"),
  })
  .parse(process.env);
const people: Readonly<Record<string, object>> = JSON.parse(PEOPLE);
const jwks: Configuration["jwks"] = JSON.parse(ISSUER_KEYS);

const server = createServer();
server.listen(PORT, "127.0.0.1", () => {
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const provider = new Provider(issuer, {
    ...(jwks && { jwks }),
    clients: [
      {
        client_id: "shop",
        client_secret: "shop-secret",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: "client_secret_post",
        id_token_signed_response_alg: "ES256",
      },
      ...(DESK_URL === undefined
        ? []
        : [
            {
              client_id: "desk",
              client_secret: "desk-secret",
              redirect_uris: [`${DESK_URL}/session/callback`],
              id_token_signed_response_alg: "ES256" as const,
            },
          ]),
    ],
    pkce: { required: () => true },
    findAccount: async (_context, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, email: `${sub}@example.com`, ...people[sub] }),
    }),
    claims: { openid: ["sub", "roles"], email: ["email"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["of-this-test"] },
    features: {
      devInteractions: { enabled: DESK_URL !== undefined },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_context, audience) => ({
          scope: "",
          audience,
          accessTokenTTL: 3_600,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
    extraTokenClaims: async () => JSON.parse(ROLES),
  });
  server.on("request", provider.callback());
  console.log(`issuer ${issuer}`);
});
