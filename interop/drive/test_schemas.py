"""That the checker finds what it is for: one that finds nothing proves nothing."""

from schemas import Schemas

DOCUMENT = {
    "schemas": {
        "List": {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "default": "x#list"},
                "entries": {"type": "array", "items": {"$ref": "Entry"}},
            },
        },
        "Entry": {
            "type": "object",
            "properties": {
                "size": {"type": "string", "format": "int64"},
                "time": {"type": "string", "format": "date-time"},
                "count": {"type": "integer", "format": "int32"},
                "bytes": {"type": "string", "format": "byte"},
                "mode": {"type": "string", "enum": ["on", "off"]},
                "is_old": {"type": "boolean"},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "odd": {"type": "string", "format": "never-heard-of"},
                "lost": {"$ref": "Nowhere"},
            },
        },
    }
}

SOUND = {
    "size": "9007199254740993",
    "time": "2026-03-01T12:30:00.250Z",
    "count": 7,
    "bytes": "aGVsbG8=",
    "mode": "on",
    "is_old": False,
    "labels": {"any": "thing"},
}

UNSOUND = [
    ("size", 12),
    ("size", "12.5"),
    ("size", "9223372036854775808"),
    ("time", "yesterday"),
    ("time", "2026-03-01"),
    ("count", "7"),
    ("count", True),
    ("count", 2**31),
    ("bytes", "?"),
    ("mode", "maybe"),
    ("is_old", "false"),
    ("labels", {"any": 1}),
    ("labels", []),
    ("odd", "a"),
    ("lost", {}),
    ("unknown", 1),
    ("size", None),
]


def check():
    """Fails unless every mistake is found and nothing else."""
    reference = {"$ref": "List"}
    schemas = Schemas(DOCUMENT)
    sound = {"kind": "x#list", "entries": [SOUND, {}]}
    assert schemas.problems(sound, reference) == []
    assert schemas.values_checked == 13, schemas.values_checked
    for name, value in UNSOUND:
        unsound = {"entries": [{**SOUND, name: value}]}
        assert schemas.problems(unsound, reference), f"{name}: {value!r} was not found"
    for unsound in [{"kind": "x#other"}, {"entries": {}}, [], None]:
        assert schemas.problems(unsound, reference), f"{unsound!r} was not found"
