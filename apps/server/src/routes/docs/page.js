// Draws the OpenAPI description: operations by group, what they take and what
// they answer. Whatever the description says is put in as text, never as markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEEPEST = 5;

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null));
  return made;
}

// A line of text, with what stands in backticks as code.
function line(text) {
  const parts = text.split("`");
  return parts.map((part, at) => (at % 2 ? element("code", "", part) : part));
}

// Paragraphs, and lists whose lines begin with a dash.
function prose(text) {
  const blocks = (text || "").split(/\n\n+/).filter((block) => block.trim());
  return blocks.map((block) => {
    if (!block.startsWith("- ")) return element("p", "", ...line(block));
    const items = block.split(/\n?- (?=\S)/).filter((item) => item);
    return element("ul", "", ...items.map((item) => element("li", "", ...line(item))));
  });
}

function row(title, kind, content) {
  const small = kind ? element("span", "kind", kind) : null;
  return element("div", "", element("dt", "", title, small), element("dd", "", ...content));
}

class Description {
  constructor(json) {
    this.json = json;
  }

  resolve(part) {
    const reference = part && part.$ref;
    if (!reference) return part || {};
    const path = reference.replace(/^#\//, "").split("/");
    return path.reduce((at, name) => at[name], this.json);
  }

  // What the kind of a value is called: text, number, list of Document.
  kind(part) {
    if (part.$ref) return part.$ref.split("/").pop();
    const choices = part.oneOf || part.anyOf || part.allOf;
    if (choices) return choices.map((choice) => this.kind(choice)).join(" or ");
    if (part.enum) return part.enum.map((value) => JSON.stringify(value)).join(", ");
    const types = [part.type || "any"].flat();
    const items = part.items ? ` of ${this.kind(part.items)}` : "";
    const format = part.format ? ` (${part.format})` : "";
    return types.join(" or ") + items + format + this.bounds(part);
  }

  bounds(part) {
    const named = { minimum: "at least", maximum: "at most", minLength: "length at least", maxLength: "length at most", default: "default" };
    const told = Object.entries(named).filter(([key]) => part[key] !== undefined && part[key] !== null);
    return told.map(([key, words]) => `, ${words} ${part[key]}`).join("");
  }

  // The members of an object, or of the objects in a list.
  members(part, depth = 0) {
    const whole = this.resolve(part);
    if (depth > DEEPEST) return null;
    if (whole.items) return this.members(whole.items, depth + 1);
    const choices = whole.oneOf || whole.anyOf || whole.allOf;
    if (choices) {
      const lists = choices.map((choice) => this.members(choice, depth + 1)).filter((list) => list);
      return lists.length ? element("div", "", ...lists) : null;
    }
    if (!whole.properties) return null;
    const required = whole.required || [];
    const rows = Object.entries(whole.properties).map(([name, member]) => {
      const optional = required.includes(name) ? "" : ", optional";
      const about = prose(member.description || this.resolve(member).description);
      const inner = this.members(member, depth + 1);
      return row(element("code", "", name), this.kind(member) + optional, inner ? [...about, inner] : about);
    });
    return element("dl", "", ...rows);
  }

  body(content) {
    return Object.entries(content || {}).flatMap(([media, { schema }]) => {
      const kind = schema ? this.kind(schema) : "";
      return [element("p", "media", `${media}${kind ? `: ${kind}` : ""}`), schema ? this.members(schema) : null];
    }).filter((part) => part !== null);
  }

  parameters(list) {
    const rows = list.map((part) => this.resolve(part)).map((parameter) => {
      const optional = parameter.required ? "" : ", optional";
      const kind = `${parameter.in}, ${this.kind(parameter.schema || {})}${optional}`;
      return row(element("code", "", parameter.name), kind, prose(parameter.description));
    });
    return [element("h3", "", "Parameters"), element("dl", "", ...rows)];
  }

  answers(responses) {
    const rows = Object.entries(responses).map(([status, part]) => {
      const answer = this.resolve(part);
      const headers = Object.entries(answer.headers || {}).map(([name, header]) =>
        element("p", "note", element("code", "", name), ` ${header.description || ""}`));
      // Every refusal has the same shape, which the problem's own page tells.
      const refused = Object.keys(answer.content || {}).includes("application/problem+json");
      const body = refused ? [] : this.body(answer.content);
      return row(element("span", "status", status), "", [...prose(answer.description), ...headers, ...body]);
    });
    return [element("h3", "", "Answers"), element("dl", "", ...rows)];
  }

  operation(method, path, shared, operation) {
    const parameters = [...shared, ...(operation.parameters || [])];
    const body = operation.requestBody ? this.resolve(operation.requestBody) : null;
    const inside = element("div", "inside",
      ...prose(operation.description),
      operation.security ? element("p", "note", "Needs a bearer access token.") : null,
      ...(parameters.length ? this.parameters(parameters) : []),
      ...(body ? [element("h3", "", "Body"), ...this.body(body.content)] : []),
      ...this.answers(operation.responses || {}));
    const head = element("summary", "",
      element("span", `method ${method}`, method.toUpperCase()),
      element("span", "path", path),
      element("span", "summary", ...line(operation.summary || "")));
    const whole = element("details", "operation", head, inside);
    whole.id = operation.operationId || `${method} ${path}`;
    return whole;
  }

  // Every operation under its first tag, in the order of the description.
  groups() {
    const groups = new Map();
    for (const [path, item] of Object.entries(this.json.paths)) {
      for (const method of METHODS.filter((method) => item[method])) {
        const tag = (item[method].tags || ["other"])[0];
        const drawn = this.operation(method, path, item.parameters || [], item[method]);
        groups.set(tag, [...(groups.get(tag) || []), drawn]);
      }
    }
    return groups;
  }
}

function show(json) {
  const description = new Description(json);
  document.getElementById("version").textContent = json.info.version;
  if (json.info.description) document.getElementById("about").prepend(...line(json.info.description), " ");
  for (const [tag, operations] of description.groups()) {
    const section = element("section", "", element("h2", "", tag), ...operations);
    section.id = `group-${tag}`;
    document.getElementById("operations").append(section);
    const link = element("a", "", tag);
    link.href = `#${section.id}`;
    document.getElementById("tags").append(link);
  }
  openNamed();
}

// Opens what the address names, so that a link leads to an operation.
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named) return;
  if (named.tagName === "DETAILS") named.open = true;
  named.scrollIntoView();
}

function filter(event) {
  const words = event.target.value.toLowerCase().split(/\s+/);
  let found = false;
  for (const section of document.querySelectorAll("section")) {
    for (const operation of section.querySelectorAll("details.operation")) {
      const text = operation.textContent.toLowerCase();
      operation.hidden = !words.every((word) => text.includes(word));
    }
    section.hidden = !section.querySelector("details.operation:not([hidden])");
    found ||= !section.hidden;
  }
  document.getElementById("nothing").hidden = found;
}

document.getElementById("filter").addEventListener("input", filter);
addEventListener("hashchange", openNamed);
fetch("openapi.json")
  .then((answer) => answer.json())
  .then(show)
  .catch((error) => {
    document.getElementById("operations").textContent = `The description could not be read: ${error}`;
  });
