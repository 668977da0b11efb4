"""Whose voice it is, and what they allowed: a signed file beside a reference recording.

`mara.wav` may be cloned where `mara.consent.toml` beside it says who speaks, to whom it was allowed, when and
for what, holds the recording's SHA-256, and is signed (Ed25519) by a key this server trusts. Who signs
vouches for the consent; a file by an unknown key, a changed one and one that has run out are refused.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = "TOWNSFOLK_CONSENT_KEY"
"""Environment variable: the file of the private key, for who keeps it elsewhere."""

Text = Annotated[str, Meta(min_length=1, max_length=500)]


class ConsentRefused(ValueError):
    """A voice that may not be cloned; says why, and what would have to be done."""


class Consent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`NAME.consent.toml`."""

    who: Text
    """Whose voice it is."""
    to: Text
    """Who may use it."""
    purposes: Annotated[list[Text], Meta(min_length=1)]
    """For what: a server clones for one of them, `game` by default."""
    given: date
    """When it was given."""
    expires: date
    """The last day it holds."""
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """Of the recording."""
    key: str = ""
    """The signer's public key, base64."""
    signature: str = ""
    """Ed25519 over `signed`, base64."""

    @property
    def signed(self) -> bytes:
        """What the signature is of: all other fields as JSON, in their order."""
        return b"townsfolk consent 1\n" + msgspec.json.encode(msgspec.structs.replace(self, signature=""))


def beside(recording: Path) -> Path:
    """Where the consent for a recording lies."""
    return recording.with_suffix(".consent.toml")


def check(recording: Path, purpose: str, trusted: Collection[str], today: date | None = None) -> Consent:
    """The consent that lets `recording` be cloned for `purpose`, signed by one of the keys `trusted`.

    Raises ConsentRefused.
    """
    consent = read(recording)
    today = today or date.today()
    reasons = (
        (consent.sha256 != sha256(recording), "is for another recording, or this one was changed"),
        (not _genuine(consent), "was changed after it was signed, or never was signed"),
        (consent.key not in trusted, f"is signed by a key this server does not trust: {consent.key}"),
        (today < consent.given, f"holds from {consent.given} on"),
        (today > consent.expires, f"ran out on {consent.expires}"),
        (purpose not in consent.purposes, f"is for {', '.join(consent.purposes)}, not for {purpose!r}"),
    )
    for refused, reason in reasons:
        if refused:
            raise ConsentRefused(f"{recording} may not be cloned: its consent {reason}")
    return consent


def read(recording: Path) -> Consent:
    """The consent beside a recording, unchecked. Raises ConsentRefused where there is none to be read."""
    file = beside(recording)
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Consent)
    except FileNotFoundError:
        advice = "sign one with `townsfolk voice consent sign`"
        raise ConsentRefused(
            f"{recording} may not be cloned: there is no consent {file.name}; {advice}"
        ) from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConsentRefused(f"{file} is no consent: {error}") from error


def sign(recording: Path, consent: Consent, private: Ed25519PrivateKey) -> Path:
    """Write `consent`, completed and signed, beside its recording. Returns the file."""
    whole = msgspec.structs.replace(consent, sha256=sha256(recording), key=public(private))
    signature = base64.b64encode(private.sign(whole.signed)).decode()
    file = beside(recording)
    file.write_text(_toml(msgspec.structs.replace(whole, signature=signature)), "utf-8")
    return file


def own_key(*, create: bool = False) -> Ed25519PrivateKey | None:
    """The private key of this user; None where there is none and none is to be made.

    Raises ConsentRefused where the file is no Ed25519 key.
    """
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    file = key_file()
    if file.is_file():
        try:
            found = s.load_pem_private_key(file.read_bytes(), None)
        except (ValueError, TypeError) as error:
            raise ConsentRefused(f"{file} is no private key: {error}") from error
        if not isinstance(found, Ed25519PrivateKey):
            raise ConsentRefused(f"{file} is a key of another kind: an Ed25519 key is needed")
        return found
    if not create:
        return None
    made = Ed25519PrivateKey.generate()
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as secret:
        secret.write(made.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()))
    return made


def key_file() -> Path:
    """Where this user's private key lies, or would."""
    from runtime.memory.where import USER, memory_file

    return (
        Path(os.environ[KEY])
        if os.environ.get(KEY)
        else Path(memory_file(USER) or "").with_name("consent.pem")
    )


def trusted_keys(others: Collection[str] = ()) -> frozenset[str]:
    """Public keys that a server takes consent from: this user's own, and `others`."""
    own = own_key()
    return frozenset(others) | ({public(own)} if own else set())


def public(private: Ed25519PrivateKey) -> str:
    """The public half, base64."""
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()


def sha256(file: Path) -> str:
    """Of a file's bytes, in hexadecimal. Raises ConsentRefused where it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ConsentRefused(f"the recording cannot be read: {error}") from error


def _toml(consent: Consent) -> str:
    """Strings and lists of them are written in TOML as they are in JSON, dates without quotes."""
    fields = ((name, getattr(consent, name)) for name in consent.__struct_fields__)
    return "".join(
        f"{name} = {value if isinstance(value, date) else msgspec.json.encode(value).decode()}\n"
        for name, value in fields
    )


def _genuine(consent: Consent) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(consent.key, validate=True))
        key.verify(base64.b64decode(consent.signature, validate=True), consent.signed)
    except (ValueError, InvalidSignature):
        return False
    return True
