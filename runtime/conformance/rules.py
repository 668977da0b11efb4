"""What is asked of a client, each with its reason and its place in the documentation."""

from __future__ import annotations

from typing import NamedTuple

PAGE = "docs/protocol.md"


class Rule(NamedTuple):
    """One thing that can be seen of a client over the wire."""

    id: str
    why: str
    where: str
    """Heading of docs/protocol.md."""

    @property
    def anchor(self) -> str:
        """The same as the end of a link."""
        return self.where.lower().replace(" ", "-")


_BY_HEADING = {
    "hello": {
        "hello.first": "The server must know who comes before anything else is said.",
        "resume.token": "Conversations go on for whoever shows the token of the latest `ready`.",
        "resume.played": "`hello.played` tells what was heard before the connection was lost.",
    },
    "Versions": {
        "hello.protocol": "Both sides must mean the same by every message.",
        "wire.stays": "Nothing that a server may send ends a client.",
        "newer.fields": "A server may gain fields: a client ignores those it does not know.",
        "newer.messages": "A server may gain messages: a client ignores types it does not know.",
        "newer.packets": "A server may gain packets: a client ignores kinds it does not know.",
    },
    "Errors": {
        "wire.valid": "The server refuses what it does not know; a refused message has no effect.",
        "wire.known": "A report on a reply or an action that never was is refused.",
        "error.goes_on": "An error ends nothing unless it is `fatal`, whatever its code.",
        "error.fatal": "What was refused for good is refused again: do not come back.",
    },
    "A session": {
        "wire.pong": "A client that answers no ping is taken for gone.",
        "cancel.thought": "A reply may be cancelled while it is still being thought.",
        "cancel.done": "`cancel` may follow `done`: its end was still being heard.",
        "end.leaves": "A server that closes with 1000 has ended the session: do not come back.",
    },
    "Clocks": {
        "microphone.clock": "A gap in `time` is silence that never was: words are torn.",
        "microphone.pace": "More audio than time has passed is refused as `too_fast`.",
        "playback.pace": "Ears hear in real time; the character remembers just what was heard.",
        "timing.burst": "Networks deliver late and all at once; the clock is the audio device's.",
        "timing.stall": "When audio runs dry the clock stands still: nothing is skipped.",
    },
    "What a client does": {
        "playback.started": "`started` comes once and first, with the first audible sample.",
        "playback.position": "Without reports in between the server guesses what was heard.",
        "playback.finished": "`finished` comes once, at the last sample: then the floor is free.",
        "playback.over": "After `finished` or `interrupted` a reply has no more to report.",
        "hold.still": "On `hold` the clock of the reply stands still: the player has begun to speak.",
        "hold.report": "On `hold` `position` says where the clock stands.",
        "hold.release": "On `release` it goes on from that very sample, and the sentence is whole.",
        "cancel.report": "On `cancel` `interrupted` says what was heard, once.",
        "cancel.next": "The reply after a cancelled one is heard: only its own number is void.",
        "resume.back": "A connection that is lost is opened again within 10 s, without the player.",
        "resume.dead": "A network that dies without a word in mid-reply is noticed within 8 s.",
        "resume.patient": "A server that is not there yet is asked again, and not hammered.",
        "resume.goes_on": "After `ready` of a resumed session the next reply is heard.",
    },
    "playback": {
        "playback.monotone": "What was heard cannot be unheard.",
        "playback.sent": "What was never sent cannot have been heard.",
    },
    "Binary packets": {
        "timing.split": "Packets may have any length, and faces may be late or missing.",
        "reply.high": "Numbers of replies have 32 bits, without a sign.",
    },
    "cancel": {
        "cancel.void": "Nothing after `valid_through` is to be played, come it before or later.",
    },
    "done": {
        "reply.empty": "A reply without a sound does not stop the next one.",
    },
    "reply": {
        "reply.cast": "Any character of the session may be the one who speaks.",
    },
    "rest": {
        "rest.quiet": "A `rest` has no sound, and so nothing to report.",
    },
    "ready": {
        "resume.refused": "An unknown token is answered by a new session; its replies count from 1.",
    },
}

_ORDER = (
    "hello", "wire", "microphone", "playback", "timing", "hold", "cancel", "reply", "newer", "error", "rest",
    "resume", "end",
)  # fmt: skip

RULES = {
    rule.id: rule
    for rule in sorted(
        (Rule(id, why, where) for where, rules in _BY_HEADING.items() for id, why in rules.items()),
        key=lambda rule: _ORDER.index(rule.id.split(".")[0]),
    )
}
"""By id; what belongs together stands together."""
