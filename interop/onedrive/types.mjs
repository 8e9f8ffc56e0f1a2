// What Microsoft publishes of Graph's types, held against answers. Its declarations are TypeScript; those
// of resources are all of one plain form, so no compiler is needed to read them.

import assert from "node:assert/strict";

/** What Graph sends and its types leave out. */
const BEYOND = { Identity: { email: "string" } };

/** The annotations that come with resources. */
const ANNOTATIONS = new Set([
  "@microsoft.graph.downloadUrl",
  "@odata.context",
  "@odata.count",
  "@odata.deltaLink",
  "@odata.etag",
  "@odata.nextLink",
]);

export class Types {
  #interfaces = new Map();
  #texts = new Map();
  valuesChecked = 0;
  problems = [];

  constructor(declarations) {
    let open;
    const text = declarations.replaceAll("\r\n", "\n");
    for (const line of text.split("\n")) {
      const begin = /^export interface (\w+)(?: extends (\w+))? \{(\})?$/.exec(line);
      const member = /^    (\w+)\??: (.+);$/.exec(line);
      if (begin) {
        open = { base: begin[2], members: new Map(Object.entries(BEYOND[begin[1]] ?? {})) };
        this.#interfaces.set(begin[1], open);
        if (begin[3]) open = undefined;
      } else if (line === "}") {
        open = undefined;
      } else if (open && member) {
        open.members.set(member[1], member[2]);
      }
    }
    for (const [, name, choices] of text.matchAll(/^export type (\w+) =((?:\s*\|?\s*"\w+")+);$/gm)) {
      this.#texts.set(name, new Set(choices.match(/\w+/g)));
    }
    assert(this.#interfaces.size > 1000, "the declarations are not of the form that they had");
  }

  /** Notes what of a value is not as its type says. */
  check(type, value, place) {
    const optional = /^NullableOption<(.+)>$/.exec(type);
    if (optional) {
      if (value !== null) this.check(optional[1], value, place);
    } else if (type.endsWith("[]")) {
      if (this.#demand(Array.isArray(value), place, type, value)) {
        value.forEach((element, at) => this.check(type.slice(0, -2), element, `${place}[${at}]`));
      }
    } else if (this.#interfaces.has(type)) {
      this.#checkMembers(type, value, place);
    } else if (this.#texts.has(type)) {
      this.#demand(this.#texts.get(type).has(value), place, type, value);
    } else if (type !== "any") {
      const isTime = place.endsWith("DateTime");
      const isSound = typeof value === type && (!isTime || /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value));
      this.#demand(isSound, place, type, value);
    }
  }

  #checkMembers(type, value, place) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!this.#demand(isObject, place, type, value)) return;
    for (const [name, member] of Object.entries(value)) {
      const known = this.#member(type, name);
      if (known) {
        this.check(known, member, `${place}.${name}`);
      } else {
        this.#demand(ANNOTATIONS.has(name), `${place}.${name}`, `nothing of ${type}`, member);
      }
    }
  }

  #member(type, name) {
    const found = this.#interfaces.get(type);
    return found?.members.get(name) ?? (found?.base && this.#member(found.base, name));
  }

  #demand(isSound, place, type, value) {
    this.valuesChecked += 1;
    if (!isSound) this.problems.push(`${place} is no ${type}: ${JSON.stringify(value)}`);
    return isSound;
  }
}

/** Whether the check finds what it is for. */
export function checkOfTypes(declarations) {
  const problems = (type, value) => {
    const types = new Types(declarations);
    types.check(type, value, "value");
    assert(types.valuesChecked > 0);
    return types.problems.length;
  };
  const item = { id: "1", name: "a", size: 1, file: { hashes: { quickXorHash: "x" } }, "@odata.etag": "e" };
  assert.equal(problems("DriveItem", item), 0);
  assert.equal(problems("DriveItem[]", [item, item]), 0);
  assert.equal(problems("DriveItem", { ...item, size: "1" }), 1);
  assert.equal(problems("DriveItem", { ...item, colour: "red" }), 1);
  assert.equal(problems("DriveItem", { ...item, "@odata.colour": "red" }), 1);
  assert.equal(problems("DriveItem", { file: { hashes: { md5Hash: "x" } } }), 1);
  assert.equal(problems("DriveItem", { createdDateTime: "yesterday" }), 1);
  assert.equal(problems("DriveItem", []), 1);
  assert.equal(problems("UploadSession", { nextExpectedRanges: ["0-", 1] }), 1);
}
