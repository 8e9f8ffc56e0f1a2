// A stranger's authorization server: npm's oidc-provider, with PKCE demanded, the issuer named in every
// answer and refresh tokens good for one use. `node server.mjs PORT`; the client's secret and the one
// address that it may be sent to come by the environment.

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
  ],
  pkce: { required: () => true },
  scopes: ["openid", "offline_access", "files"],
  claims: { openid: ["sub", "email"] },
  rotateRefreshToken: true,
  features: { revocation: { enabled: true } },
  // Whoever logs in has an account.
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com` }),
  }),
});

provider.listen(port, "127.0.0.1");
