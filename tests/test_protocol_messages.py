"""Every message there is: in the golden file, the same after a round trip, and strict about its fields."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.protocol import media, messages
from runtime.protocol.errors import ERRORS, ProtocolError
from runtime.protocol.examples import FROM_CLIENT, FROM_SERVER
from runtime.protocol.messages import PROTOCOL, FromClient, FromServer, Hello, Say
from runtime.protocol.wire import LIMITS, Wire, encode

TEXT = (Path(__file__).parent / "data" / "protocol.jsonl").read_text(encoding="utf-8")
GOLDEN = [json.loads(line) for line in TEXT.splitlines()]
CLASSES = {
    **dict.fromkeys(get_args(FromClient), FromClient),
    **dict.fromkeys(get_args(FromServer), FromServer),
}
SILENCE = np.zeros(4, np.float32)
EXAMPLES = {type(example): example for example in FROM_CLIENT + FROM_SERVER}


def refused(text: str | bytes, *, greeted: bool = True) -> ProtocolError:
    """The error that `text` meets, as the first message or after a hello."""
    wire = Wire()
    if greeted:
        wire.receive(encode(Hello(protocol=PROTOCOL)))
    with pytest.raises(ProtocolError) as caught:
        wire.receive(text)
    return caught.value


def test_no_message_escapes() -> None:
    declared = {
        kind
        for kind in vars(messages).values()
        if isinstance(kind, type) and issubclass(kind, messages.Wire) and kind is not messages.Wire
    }
    assert declared == set(CLASSES) == set(EXAMPLES)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_round_trip(kind: type) -> None:
    example = EXAMPLES[kind]
    assert msgspec.json.decode(encode(example), type=CLASSES[kind]) == example


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_golden_file_has_it(kind: type) -> None:
    side = "client" if CLASSES[kind] is FromClient else "server"
    golden = [line["message"] for line in GOLDEN if line["from"] == side and "message" in line]
    decoded = [msgspec.convert(message, CLASSES[kind]) for message in golden]
    assert EXAMPLES[kind] in decoded


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_unknown_field_is_refused_by_name(kind: type) -> None:
    fields = json.loads(encode(EXAMPLES[kind])) | {"colour": "red"}
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert(fields, CLASSES[kind])


def test_unknown_field_of_a_part_is_refused_with_its_path() -> None:
    error = refused('{"type": "hello", "protocol": 1, "face": {"fsp": 60}}', greeted=False)
    assert error.code == "bad_message"
    assert "fsp" in str(error)
    assert "$.face" in str(error)


@pytest.mark.parametrize("message", FROM_CLIENT[1:], ids=lambda message: type(message).__name__)
def test_wire_lets_every_message_through_after_hello(message: FromClient) -> None:
    wire = Wire()
    hello = FROM_CLIENT[0]
    assert wire.receive(encode(hello)) == hello
    assert wire.receive(encode(message)) == message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_json"),
        ("", "bad_json"),
        ("\ud800", "bad_json"),
        ('{"text": ' + "[" * 100_000, "bad_json"),
        ('{"type": "shout", "text": "hey"}', "unknown_message"),
        ('{"text": "hey"}', "bad_message"),
        ('["say", "hey"]', "bad_message"),
        ('{"type": "say"}', "bad_message"),
        ('{"type": "say", "text": ""}', "bad_message"),
        ('{"type": "say", "text": "hey", "to": 3}', "bad_message"),
        (json.dumps({"type": "say", "text": "a" * (LIMITS.text + 1)}), "bad_message"),
        ('{"type": "playback", "reply": 1, "state": "started", "at": -1}', "bad_message"),
        ('{"type": "playback", "reply": 1, "state": "begun", "at": 0}', "bad_message"),
        (encode(Hello(protocol=PROTOCOL)), "hello_repeated"),
        (b"\x01", "bad_media"),
        (media.voice(1, 0, SILENCE), "bad_media"),
        (bytes(LIMITS.media + 1), "too_large"),
    ],
)
def test_a_bad_message_has_a_code_and_ends_nothing(text: str | bytes, code: str) -> None:
    error = refused(text)
    assert (error.code, error.fatal) == (code, False)
    assert error.told().hint == ERRORS[code][1]


@pytest.mark.parametrize("first", [encode(Say(text="hey")), media.microphone(0, SILENCE)])
def test_what_comes_before_hello_is_fatal(first: str | bytes) -> None:
    error = refused(first, greeted=False)
    assert (error.code, error.fatal) == ("hello_expected", True)


def test_another_version_is_told_both_numbers() -> None:
    error = refused(encode(Hello(protocol=PROTOCOL + 1)), greeted=False)
    assert (error.code, error.fatal) == ("protocol_version", True)
    assert str(PROTOCOL) in str(error)
    assert str(PROTOCOL + 1) in str(error)


@given(st.text() | st.binary(max_size=200))
def test_nothing_is_raised_but_a_protocol_error(data: str | bytes) -> None:
    wire = Wire()
    wire.receive(encode(Hello(protocol=PROTOCOL)))
    with suppress(ProtocolError):
        wire.receive(data)
