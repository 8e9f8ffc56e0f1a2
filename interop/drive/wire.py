"""HTTP that looks at every answer before the client gets it."""

import json
import re
from urllib.parse import unquote, urlsplit

import httplib2

# A successful answer to these has no body that a schema describes.
WITHOUT_SCHEMA = {"drive.files.delete", "drive.files.emptyTrash", "drive.files.export"}


class Wire(httplib2.Http):
    """A transport that sends the access token along and checks answers."""

    def __init__(self, document, schemas, token):
        super().__init__(timeout=120)
        # A resumable upload's 308 is no redirect.
        self.redirect_codes = set(self.redirect_codes) - {308}
        self._token = token
        self._schemas = schemas
        self._methods = list(_methods(document))
        self.problems = []
        self.answers = {}

    def request(self, uri, method="GET", body=None, headers=None, **more):
        headers = {**(headers or {}), "authorization": f"Bearer {self._token}"}
        response, content = super().request(uri, method, body, headers, **more)
        self._look_at(method, uri, response, content)
        return response, content

    def _look_at(self, method, uri, response, content):
        place = f"{method} {urlsplit(uri).path} {response.status}"
        if response.status == 308:
            self._count("an incomplete upload")
        elif response.status >= 400:
            self._count("a refusal")
            self._look_at_refusal(place, response, content)
        else:
            name, schema = self._described(method, uri)
            self._count(name or "unknown")
            if name is None:
                self.problems.append(f"{place}: the document has no such method")
            elif schema is not None and response.get("content-type", "").startswith("application/json"):
                found = self._schemas.problems(json.loads(content), schema)
                self.problems += [f"{place}: {problem}" for problem in found]
            elif schema is not None and "location" not in response and "alt=media" not in uri:
                self.problems.append(f"{place}: no JSON where the document has a schema")

    def _look_at_refusal(self, place, response, content):
        """The form of refusals is the same for all of Google's interfaces of this age."""
        error = json.loads(content).get("error", {})
        first = (error.get("errors") or [{}])[0]
        is_sound = (
            error.get("code") == response.status
            and isinstance(error.get("message"), str)
            and all(isinstance(first.get(name), str) for name in ("domain", "reason", "message"))
        )
        if not is_sound:
            self.problems.append(f"{place}: {content!r} is no refusal")

    def _described(self, method, uri):
        path = unquote(urlsplit(uri).path)
        for name, verbs, pattern, schema in self._methods:
            if method in verbs and pattern.fullmatch(path):
                return name, None if name in WITHOUT_SCHEMA else schema
        return None, None

    def _count(self, what):
        self.answers[what] = self.answers.get(what, 0) + 1


def _methods(document):
    """Name, verbs, path and answer of every method; those with fewer placeholders first."""
    found = []
    for resource in document["resources"].values():
        for method in resource.get("methods", {}).values():
            path = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(method["path"]))
            base = re.escape("/" + document["servicePath"])
            verbs = {method["httpMethod"]}
            if "mediaUpload" in method:
                # The chunks of a resumable upload.
                upload = re.compile(f"/upload{base}{path}")
                found.append((method["id"], verbs | {"PUT"}, upload, method["response"]))
            found.append((method["id"], verbs, re.compile(base + path), method.get("response")))
    return sorted(found, key=lambda entry: entry[2].pattern.count("[^/]+"))
