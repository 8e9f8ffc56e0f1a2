"""Makes the golden files beside it (pip install cryptography), from README.md alone.

They are never made anew for version 1: what was chained and signed once must verify for good.
"""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import struct
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = pathlib.Path(__file__).parent


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def with_length(data):
    return struct.pack(">Q", len(data)) + data


def text(value):
    return with_length(value.encode())


def optional(value, form):
    return b"\0" if value is None else b"\1" + form(value)


def same(value):
    return value


def client(event):
    if "client_network" in event:
        return b"\1" + text(event["client_network"])
    if "client_sealed" in event:
        return b"\2" + with_length(event["client_sealed"])
    return b"\0"


def canonical(position, event):
    return b"".join([
        b"\1",
        struct.pack(">Q", position),
        event["id"],
        struct.pack(">q", event["at_micros"]),
        text(event["actor_kind"]),
        optional(event.get("actor"), same),
        text(event["action"]),
        text(event["outcome"]),
        optional(event.get("resource_kind"), text),
        optional(event.get("resource"), same),
        text(event["request"]),
        client(event),
        text(event["metadata"]),
    ])


def rfc3339(micros):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def identifier(data):
    return None if data is None else str(uuid.UUID(bytes=data))


def event_line(position, event, digest):
    sealed = event.get("client_sealed")
    return {
        "kind": "event",
        "position": position,
        "id": identifier(event["id"]),
        "at": rfc3339(event["at_micros"]),
        "at_micros": event["at_micros"],
        "actor_kind": event["actor_kind"],
        "actor": identifier(event.get("actor")),
        "action": event["action"],
        "outcome": event["outcome"],
        "resource_kind": event.get("resource_kind"),
        "resource": identifier(event.get("resource")),
        "request": event["request"],
        "client_network": event.get("client_network"),
        "client_sealed": None if sealed is None else base64url(sealed),
        "metadata": event["metadata"],
        "hash": digest.hex(),
    }


EVENTS = [
    dict(id=b"\x01" * 16, at_micros=1795421730123456, actor_kind="user", actor=b"\xa1" * 16,
         action="cloud.connected", outcome="done", resource_kind="connection", resource=b"\xc1" * 16,
         request="cc" * 16, client_sealed=bytes(range(90)), metadata='{"provider":"webdav"}'),
    dict(id=b"\x02" * 16, at_micros=1795421730123456, actor_kind="anonymous",
         action="session.refused", outcome="refused",
         request="dd" * 16, client_network="203.0.113.0/24", metadata="{}"),
    # Of a newer version, or of somebody who wrote into the database.
    dict(id=b"\x03" * 16, at_micros=-1, actor_kind="oper\u00e4tor\u202e", action="", outcome="\n",
         resource_kind="", request="\U0001f600", client_sealed=b"", metadata=""),
    dict(id=b"\x04" * 16, at_micros=1795421730500000, actor_kind="operator", action="user.created",
         outcome="done", resource_kind="user", resource=b"\xa2" * 16, request="ee" * 16,
         metadata='{"role":"admin"}'),
]

seed = hashlib.sha256(b"the seed of a token-signing key").digest()
extracted = hmac.new(bytes(32), seed, hashlib.sha256).digest()
derived = hmac.new(extracted, b"wharf derived key 1: audit.checkpoint\1", hashlib.sha256).digest()
signer = Ed25519PrivateKey.from_private_bytes(derived)
public = signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
key_id = hashlib.sha256(public).digest()[:16]


def checkpoint_line(position, digest, at_micros):
    signed = b"wharf.audit.checkpoint\0\1" + struct.pack(">Q", position) + digest
    signed += struct.pack(">q", at_micros) + key_id
    return {
        "kind": "checkpoint",
        "position": position,
        "hash": digest.hex(),
        "at": rfc3339(at_micros),
        "at_micros": at_micros,
        "key": key_id.hex(),
        "signature": base64url(signer.sign(signed)),
    }


lines, spellings, digest = [{"kind": "export", "version": 1}], [], bytes(32)
for position, event in enumerate(EVENTS, 1):
    spelling = canonical(position, event)
    spellings.append(spelling.hex())
    digest = hashlib.sha256(digest + spelling).digest()
    lines.append(event_line(position, event, digest))
    if position % 2 == 0:
        lines.append(checkpoint_line(position, digest, 1795421790000000 + position))
lines.append({"kind": "end", "links": len(EVENTS), "checkpoints": 2})

keyring = {
    "version": 1,
    "sealing_keys": [{"id": "11" * 16, "primary": True,
                      "key": base64url(hashlib.sha256(b"a sealing key").digest())}],
    "signing_keys": [{"id": "22" * 16, "primary": True, "key": base64url(seed)}],
}

(HERE / "canonical.hex").write_text("".join(line + "\n" for line in spellings))
(HERE / "export.jsonl").write_text(
    "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
(HERE / "public.key").write_text(f"ed25519:{base64url(public)}\n")
(HERE / "keyring.json").write_text(json.dumps(keyring, indent=2) + "\n")
