// A stranger's authorization server: npm's oidc-provider, with PKCE demanded, the issuer named in every
// answer and refresh tokens good for one use. `node server.mjs PORT`; the client's secret and the one
// address that it may be sent to come by the environment. To a second client, `service`, it gives access
// tokens for Wharf's own API (RFC 9068).

import { Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "wharf",
      client_secret: process.env.CLIENT_SECRET,
      redirect_uris: [process.env.REDIRECT_URI],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    },
    {
      client_id: "service",
      client_secret: process.env.SERVICE_SECRET,
      redirect_uris: [],
      grant_types: ["client_credentials"],
      token_endpoint_auth_method: "client_secret_post",
      response_types: [],
    },
  ],
  pkce: { required: () => true },
  scopes: ["openid", "offline_access", "files"],
  claims: { openid: ["sub", "email"] },
  rotateRefreshToken: true,
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        scope: "api",
        audience: resource,
        accessTokenFormat: "jwt",
        accessTokenTTL: 300,
      }),
    },
    revocation: { enabled: true },
  },
  extraTokenClaims: (_, token) =>
    token.kind === "ClientCredentials"
      ? { email: `${token.clientId}@example.com`, roles: ["reader"] }
      : undefined,
  // Whoever logs in has an account.
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com` }),
  }),
});

provider.listen(port, "127.0.0.1");
