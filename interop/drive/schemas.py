"""Whether a JSON value is what a discovery document says of it.

The document's schemas are JSON Schema of an early draft with Google's own
formats. Stricter than they are meant: a member that a schema does not name is
a mistake, and so is another `kind` than the one that it has by default.
"""

import base64
import binascii
import re

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
INTEGER = re.compile(r"-?(0|[1-9]\d*)")

# What JSON has for each type of the schemas. A boolean is no number here.
TYPES = {
    "any": (object,),
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}

INTEGER_BITS = {"int32": (31, True), "uint32": (32, False), "int64": (63, True), "uint64": (64, False)}


class Schemas:
    """The schemas of one discovery document."""

    def __init__(self, document):
        self._schemas = document["schemas"]
        self.values_checked = 0

    def problems(self, value, schema, place="$"):
        """What is wrong with a value, one line for each."""
        if "$ref" in schema:
            name = schema["$ref"]
            if name not in self._schemas:
                return [f"{place}: the document has no schema {name}"]
            return self.problems(value, self._schemas[name], place)
        self.values_checked += 1
        kind = schema.get("type", "any")
        if kind not in TYPES:
            return [f"{place}: the document has an unknown type {kind}"]
        is_boolean = isinstance(value, bool) and kind in ("integer", "number")
        if not isinstance(value, TYPES[kind]) or is_boolean:
            return [f"{place}: {value!r} is no {kind}"]
        if kind == "object":
            return self._object_problems(value, schema, place)
        if kind == "array":
            found = []
            for number, entry in enumerate(value):
                found += self.problems(entry, schema["items"], f"{place}[{number}]")
            return found
        return list(_scalar_problems(value, schema, place))

    def _object_problems(self, value, schema, place):
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties")
        found = []
        for name, member in value.items():
            inner = properties.get(name, others)
            if inner is None:
                found.append(f"{place}: there is no member {name}")
            else:
                found += self.problems(member, inner, f"{place}.{name}")
        kind = properties.get("kind", {}).get("default")
        if kind is not None and value.get("kind", kind) != kind:
            found.append(f"{place}: {value['kind']!r} is not the kind {kind}")
        return found


def _scalar_problems(value, schema, place):
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        yield f"{place}: {value!r} does not match {schema['pattern']}"
    form = schema.get("format")
    if form in INTEGER_BITS:
        bits, has_sign = INTEGER_BITS[form]
        # 64 bits are more than JavaScript's numbers have, so they come as text.
        if not INTEGER.fullmatch(str(value)):
            yield f"{place}: {value!r} is no {form}"
        elif not (-(2**bits) if has_sign else 0) <= int(value) < 2**bits:
            yield f"{place}: {value!r} is too large for {form}"
    elif form in ("date-time", "google-datetime"):
        if not DATE_TIME.fullmatch(value):
            yield f"{place}: {value!r} is no {form}"
    elif form == "byte":
        try:
            base64.b64decode(value, altchars=b"-_", validate=True)
        except binascii.Error:
            yield f"{place}: {value!r} is no {form}"
    elif form not in (None, "float", "double"):
        yield f"{place}: the document has an unknown format {form}"
