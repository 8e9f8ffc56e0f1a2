// Microsoft's own client with the simulated OneDrive. It works as an application would, in a personal drive
// and in a business one, and every answer has to be what Graph's published types say. The sandbox's first
// line of output comes in WHARF_INTEROP_SANDBOX; it speaks TLS, since the client knows no other address.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { Types, checkOfTypes } from "./types.mjs";
import { Wire } from "./wire.mjs";

const require = createRequire(import.meta.url);
const {
  Client,
  GraphError,
  OneDriveLargeFileUploadTask,
  PageIterator,
  ResponseType,
} = require("@microsoft/microsoft-graph-client");

/** What fragments are multiples of. */
const MULTIPLE_BYTES = 320 * 1024;

/** More problems than these are of the same kind. */
const MOST_TOLD = 50;

const direct = globalThis.fetch;
const declarations = readFileSync(
  require.resolve("@microsoft/microsoft-graph-types/microsoft-graph.d.ts"),
  "utf8",
);
const { microsoft, control_url: control } = JSON.parse(process.env.WHARF_INTEROP_SANDBOX);

async function tokens(form) {
  const { client_id, client_secret } = microsoft;
  const body = new URLSearchParams({ client_id, client_secret, ...form });
  const answer = await direct(microsoft.token_url, { method: "POST", body });
  assert.equal(answer.status, 200);
  return (await answer.json()).access_token;
}

/** The personal account, which grants now. */
async function ben() {
  const redirect_uri = "http://127.0.0.1:9/callback";
  const verifier = "a-verifier-that-is-at-least-forty-three-letters-long";
  const url = new URL(microsoft.auth_url);
  url.search = new URLSearchParams({
    client_id: microsoft.client_id,
    redirect_uri,
    response_type: "code",
    scope: "offline_access User.Read Files.ReadWrite",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    login_hint: "ben@example.net",
    sandbox_decision: "grant",
  });
  const sentBack = await direct(url, { redirect: "manual" });
  const code = new URL(sentBack.headers.get("location")).searchParams.get("code");
  return tokens({ grant_type: "authorization_code", code, redirect_uri, code_verifier: verifier });
}

/** The business account, which has granted before. */
function clara() {
  return tokens({ grant_type: "refresh_token", refresh_token: microsoft.refresh_token });
}

async function ordered(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await direct(`${control}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  assert(answer.ok, path);
}

function pattern(size) {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251);
}

async function refused(work, status, code) {
  await assert.rejects(work, (error) => {
    assert(error instanceof GraphError, String(error));
    assert.deepEqual([error.statusCode, error.code], [status, code]);
    return true;
  });
}

/** Everything that a listing has, page by page. */
async function listed(client, request) {
  const found = [];
  const pages = new PageIterator(client, await request.get(), (item) => found.push(item) > 0);
  await pages.iterate();
  assert(pages.isComplete());
  return [found, pages];
}

async function drives(client, kind) {
  const drive = await client.api("/me/drive").get();
  assert.equal(drive.driveType, kind);
  assert.equal(drive.quota.total, drive.quota.used + drive.quota.remaining);
  const { value } = await client.api("/me/drives").get();
  assert.deepEqual(value.map(({ id }) => id), [drive.id]);
  assert.equal((await client.api(`/drives/${drive.id}`).select("id").get()).id, drive.id);
}

async function lists(client, kind) {
  const [top] = await listed(client, client.api("/me/drive/root/children").top(2).orderby("name desc"));
  const names = top.map(({ name }) => name);
  assert(names.includes("Welcome.txt") && names.length > 4);
  for (const { id, name, folder } of top) {
    if (folder && name !== "Ten thousand files") {
      const [found] = await listed(client, client.api(`/me/drive/items/${id}/children`).top(3));
      assert.equal(found.length, folder.childCount);
    }
  }
  const odd = await client.api("/me/drive/root:/Odd names/100%25 %231_ a+b&c;d=e.txt").get();
  assert.equal(odd.size, 20);
  if (kind === "business") {
    const wide = client.api("/me/drive/root:/Ten thousand files:/children").select("id,name,size");
    const [files] = await listed(client, wide.top(1000));
    const number = (at) => String(at).padStart(5, "0");
    assert.deepEqual(files.map(({ name }) => name), Array.from({ length: 10_000 }, (_, at) => `file-${number(at)}.txt`));
  }
}

async function content(client, id, range) {
  const request = client.api(`/me/drive/items/${id}/content`).responseType(ResponseType.ARRAYBUFFER);
  return Buffer.from(await (range ? request.header("Range", range) : request).get());
}

async function uploads(client) {
  const bytes = pattern(3 * MULTIPLE_BYTES + 17);
  for (const [rangeSize, fragments] of [[MULTIPLE_BYTES, 4], [10 * MULTIPLE_BYTES, 1]]) {
    const told = [];
    const options = {
      path: "/Uploaded by fragments",
      fileName: "100% large #1.bin",
      rangeSize,
      conflictBehavior: "replace",
      uploadEventHandlers: { progress: (range) => told.push(range) },
    };
    const task = await OneDriveLargeFileUploadTask.create(client, bytes, options);
    const { responseBody: item } = await task.upload();
    assert.equal(told.length, fragments);
    assert.deepEqual([item.name, item.size], [options.fileName, bytes.length]);
    assert((await content(client, item.id)).equals(bytes));
  }
  await resumed(client, bytes);
  const small = await client.api("/me/drive/root:/small.txt:/content").put("small");
  const larger = await client.api(`/me/drive/items/${small.id}/content`).put("larger");
  assert.deepEqual([larger.id, small.size, larger.size], [small.id, 5, 6]);
  assert.notEqual(larger.cTag, small.cTag);
}

async function resumed(client, bytes) {
  const options = { fileName: "resumed.bin", rangeSize: MULTIPLE_BYTES };
  const task = await OneDriveLargeFileUploadTask.create(client, bytes, options);
  const first = task.getNextRange();
  await task.uploadSlice(await task.file.sliceFile(first), first, bytes.length);
  // Once more, as after an answer that was lost.
  await refused(task.uploadSlice(await task.file.sliceFile(first), first, bytes.length), 416, "invalidRange");
  const status = await task.getStatus();
  assert.match(status.nextExpectedRanges[0], /^327680-/);
  const { responseBody: item } = await task.resume();
  assert((await content(client, item.id)).equals(Buffer.from(bytes)));
  const cancelled = await OneDriveLargeFileUploadTask.create(client, bytes, { fileName: "cancelled.bin" });
  assert.equal((await cancelled.cancel()).status, 204);
  await refused(cancelled.getStatus(), 404, "itemNotFound");
}

async function downloads(client) {
  const bytes = Buffer.from(pattern(100_000));
  const { id } = await client.api("/me/drive/root:/downloaded.bin:/content").put(bytes);
  assert((await content(client, id)).equals(bytes));
  assert((await content(client, id, "bytes=10-19")).equals(bytes.subarray(10, 20)));
  assert((await content(client, id, "bytes=-7")).equals(bytes.subarray(-7)));
  const item = await client.api(`/me/drive/items/${id}`).get();
  const lent = await direct(item["@microsoft.graph.downloadUrl"], { headers: { Range: "bytes=99990-" } });
  assert.equal(lent.status, 206);
  assert(Buffer.from(await lent.arrayBuffer()).equals(bytes.subarray(99_990)));
}

async function folders(client) {
  const make = (name, more) =>
    client.api("/me/drive/root/children").post({ name, folder: {}, ...more });
  const folder = await make("Berths");
  await refused(make("BERTHS"), 409, "nameAlreadyExists");
  const another = await make("Berths", { "@microsoft.graph.conflictBehavior": "rename" });
  assert.equal(another.name, "Berths 1");
  const file = await client.api("/me/drive/root:/Berths/one.txt:/content").put("one");
  const path = `/me/drive/items/${file.id}`;
  const moved = await client.api(path).patch({ name: "1.txt", parentReference: { id: another.id } });
  assert.deepEqual([moved.name, moved.parentReference.id, moved.cTag], ["1.txt", another.id, file.cTag]);
  await refused(client.api(path).header("If-Match", file.eTag).patch({ name: "2.txt" }), 412, "resourceModified");
  await copied(client, another);
  await client.api(`/me/drive/items/${folder.id}`).delete();
  await refused(client.api(`/me/drive/items/${folder.id}`).get(), 404, "itemNotFound");
}

async function copied(client, folder) {
  const request = client.api(`/me/drive/items/${folder.id}/copy`).responseType(ResponseType.RAW);
  const accepted = await request.post({ name: "Copied" });
  assert.equal(accepted.status, 202);
  const monitor = async () => (await direct(accepted.headers.get("location"))).json();
  assert.equal((await monitor()).status, "inProgress");
  await ordered("/clock", { secs: 60 });
  const { status, resourceId } = await monitor();
  assert.equal(status, "completed");
  const [beneath] = await listed(client, client.api(`/me/drive/items/${resourceId}/children`));
  assert.deepEqual(beneath.map(({ name }) => name), ["1.txt"]);
}

async function deletes(client, kind) {
  const { id } = await client.api("/me/drive/root:/gone.txt:/content").put("gone");
  const forever = client.api(`/me/drive/items/${id}/permanentDelete`).post();
  if (kind === "business") {
    await forever;
  } else {
    await refused(forever, 501, "notSupported");
    await client.api(`/me/drive/items/${id}`).delete();
  }
  await refused(client.api(`/me/drive/items/${id}`).get(), 404, "itemNotFound");
}

async function follows(client) {
  const [, pages] = await listed(client, client.api("/me/drive/root/delta").query({ token: "latest" }));
  const { id } = await client.api("/me/drive/root:/followed.txt:/content").put("followed");
  const [changes, more] = await listed(client, client.api(pages.getDeltaLink()));
  assert(changes.some((item) => item.id === id));
  await client.api(`/me/drive/items/${id}`).delete();
  const [removals] = await listed(client, client.api(more.getDeltaLink()));
  assert(removals.some((item) => item.id === id && item.deleted));
  await refused(client.api("/me/drive/root/delta").query({ token: "nonsense" }).get(), 410, "resyncRequired");
}

async function retries(client) {
  for (const status of [429, 503]) {
    const fault = { kind: "answer", status, retry_after: { secs: 1 } };
    await ordered("/faults", { route: "GET /v1.0/me/drive/root", times: 1, fault });
    assert.equal((await client.api("/me/drive/root").get()).name, "root");
  }
  const full = { kind: "answer", status: 507 };
  await ordered("/faults", { route: "PUT /v1.0/*", times: 1, fault: full });
  await refused(client.api("/me/drive/root:/full.txt:/content").put("full"), 507, "quotaLimitReached");
}

/** The client itself keeps to the contract, and leaves no upload open. */
async function carelessness() {
  const found = [];
  for (const route of ["contract-warnings", "uploads"]) {
    const entries = await (await direct(`${control}/${route}`)).json();
    found.push(...entries.map((entry) => `${route}: ${JSON.stringify(entry)}`));
  }
  return found;
}

checkOfTypes(declarations);
const types = new Types(declarations);
const wire = new Wire(microsoft.api_url, types);
const tasks = [drives, lists, uploads, downloads, folders, deletes, follows, retries];
for (const [kind, person] of [["personal", ben], ["business", clara]]) {
  const token = await person();
  const client = Client.init({ authProvider: (done) => done(null, token) });
  for (const task of tasks) {
    await task(client, kind);
  }
}
const problems = [...types.problems, ...(await carelessness())];
problems.slice(0, MOST_TOLD).forEach((problem) => console.log(problem));
console.log(
  `OneDrive: ${tasks.length} tasks in each of 2 drives, ${wire.answers} answers (${wire.refusals} refusals) ` +
    `with ${types.valuesChecked} values checked, ${problems.length} not as Graph's types say`,
);
process.exitCode = problems.length || !types.valuesChecked ? 1 : 0;
