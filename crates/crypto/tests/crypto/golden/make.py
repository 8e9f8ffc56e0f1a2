"""Makes the golden files beside it with libsodium (pip install pynacl), from README.md alone.

They are never made anew for a version that there was: whatever was sealed once must open for good.
"""

import base64
import hashlib
import json
import pathlib
import struct

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt

HERE = pathlib.Path(__file__).parent


def sha256(text):
    return hashlib.sha256(text.encode()).digest()


def with_length(item):
    return struct.pack("<Q", len(item)) + item


def seal(key, key_id, nonce, purpose, fields, plaintext):
    items = [b"\x01", b"\x01", key_id, purpose] + [item for field in fields for item in field]
    associated_data = b"".join(map(with_length, items))
    return b"\x01\x01" + key_id + nonce + encrypt(plaintext, associated_data, nonce, key)


def entry(key_id, key, primary):
    text = base64.urlsafe_b64encode(key).decode().rstrip("=")
    return {"id": key_id.hex(), "primary": primary, "key": text}


operator_id, operator_key = sha256("operator key id")[:16], sha256("operator key")
newer_id, newer_key = sha256("newer operator key id")[:16], sha256("newer operator key")
signing_id, seed = sha256("signing key id")[:16], sha256("signing seed")
data_id, data_key = sha256("data key id")[:16], sha256("data key")

keyring = {
    "version": 1,
    "sealing_keys": [entry(operator_id, operator_key, False), entry(newer_id, newer_key, True)],
    "signing_keys": [entry(signing_id, seed, True)],
}
second = {"version": 2} | {
    name: [
        {
            "id": key["id"],
            "state": "primary" if key["primary"] else "former",
            "created_secs": 1795421730,
            "key": key["key"],
        }
        for key in keyring[name]
    ]
    for name in ("sealing_keys", "signing_keys")
}
wrapped = seal(
    operator_key,
    operator_id,
    sha256("first nonce")[:24],
    b"data_key",
    [(b"owner", b"alice")],
    data_id + data_key,
)
value = seal(
    data_key,
    data_id,
    sha256("second nonce")[:24],
    b"test.value",
    [(b"owner", b"alice"), (b"version", bytes([0, 0, 0, 7]))],
    b"correct horse battery staple",
)

(HERE / "keyring.json").write_text(json.dumps(keyring, indent=2) + "\n")
(HERE / "keyring_2.json").write_text(json.dumps(second, indent=2) + "\n")
(HERE / "wrapped_data_key.hex").write_text(wrapped.hex() + "\n")
(HERE / "value.hex").write_text(value.hex() + "\n")
