// Between Microsoft's client and the sandbox. The client knows what lies below /v1.0/ by the name of the
// real Graph, as everyone does; the addresses that OneDrive gives out stay where they are. So it is the
// client's own rules that say where the access token goes. Every answer is held against Graph's types.

const GRAPH = "https://graph.microsoft.com";

/** What is answered where. */
const RESOURCES = [
  [/^GET \/v1\.0\/(me\/drive|drives\/[^/]+)$/, "Drive"],
  [/^GET \/v1\.0\/(me\/)?drives$/, "Drive[]"],
  [/^GET .*\/(children|delta)$/, "DriveItem[]"],
  [/^POST .*\/createUploadSession$/, "UploadSession"],
  [/^GET \/onedrive\/upload$/, "UploadSession"],
  [/^PUT \/onedrive\/upload$/, "UploadSession", 202],
  [/^PUT \/onedrive\/upload$/, "DriveItem"],
  [/^(GET|PATCH) \/v1\.0\/me\/drive\/(items|root)/, "DriveItem"],
  [/^PUT .*\/content$/, "DriveItem"],
  [/^POST .*\/children$/, "DriveItem"],
];

export class Wire {
  answers = 0;
  refusals = 0;
  #origin;
  #types;
  #fetch = globalThis.fetch;

  constructor(origin, types) {
    this.#origin = origin;
    this.#types = types;
    // Where the client looks for it.
    globalThis.fetch = (url, options) => this.send(url, options);
  }

  async send(url, options = {}) {
    const real = url.startsWith(GRAPH) ? this.#origin + url.slice(GRAPH.length) : url;
    const answer = await this.#fetch(real, options);
    const isJson = answer.headers.get("content-type")?.startsWith("application/json");
    const body = isJson ? await this.#checked(real, options, answer) : answer.body;
    const { status, statusText, headers } = answer;
    const shown = new Response(body, { status, statusText, headers });
    // The client drops the token where a redirect leads to another host than this.
    Object.defineProperty(shown, "url", { value: url });
    return shown;
  }

  async #checked(url, options, answer) {
    const text = await answer.text();
    const { pathname } = new URL(url);
    const request = `${options.method ?? "GET"} ${pathname}`;
    const value = JSON.parse(text);
    this.answers += 1;
    if (answer.status >= 400) {
      this.refusals += 1;
      const { innerError, ...error } = value.error;
      this.#types.check("PublicError", error, request);
      this.#types.check("string", innerError["request-id"], `${request} request-id`);
    } else if (pathname !== "/onedrive/monitor" && !pathname.startsWith("/control/")) {
      const [, type] = RESOURCES.find(
        ([pattern, , status]) => pattern.test(request) && (!status || status === answer.status),
      ) ?? [undefined, "nothing that is known"];
      const { value: elements } = value;
      this.#types.check(type, type.endsWith("[]") ? elements : value, request);
    }
    return text.replaceAll(`${this.#origin}/v1.0/`, `${GRAPH}/v1.0/`);
  }
}
