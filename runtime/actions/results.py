"""What became of actions, as the character knows it: "You have opened the front door.". Pure."""

from __future__ import annotations

from collections.abc import Mapping

from runtime.actions.choice import Choice
from runtime.protocol import messages as m

_IRREGULAR = (
    "go:gone give:given put:put let:let take:taken ring:rung sing:sung light:lit send:sent bring:brought "
    "come:come sit:sat stand:stood shut:shut hit:hit cut:cut set:set make:made get:got run:run say:said "
    "tell:told show:shown draw:drawn throw:thrown hold:held buy:bought sell:sold pay:paid find:found "
    "fight:fought eat:eaten drink:drunk sleep:slept lead:led leave:left read:read write:written "
    "speak:spoken break:broken hide:hidden ride:ridden drive:driven fly:flown build:built bow:bowed "
    "do:done keep:kept lend:lent steal:stolen catch:caught swear:sworn feed:fed bind:bound wake:woken "
    "begin:begun stay:stayed follow:followed offer:offered open:opened visit:visited"
)
_DONE = dict(pair.split(":") for pair in _IRREGULAR.split())
"""Verbs of games whose participle is irregular, or regular against the rule of the doubled consonant."""

_VOWELS = "aeiou"


def told(result: m.ActionResult, choice: Choice, names: Mapping[str, str]) -> str:
    """One sentence to the character. What the game says of it goes before what can be made of the verb."""
    text = _plain(result.text)
    if result.ok:
        return (
            f"{text[:1].upper()}{text[1:]}."
            if text
            else f"You have {_with(done(choice.verb), choice, names)}."
        )
    could = f"You could not {_with(_verb(choice.verb), choice, names)}"
    return f"{could}: {text[:1].lower()}{text[1:]}." if text else f"{could}."


def about(choice: Choice, names: Mapping[str, str]) -> str:
    """What a character that answers now is going to do: "You are about to open the front door."."""
    return f"You are about to {_with(_verb(choice.verb), choice, names)}."


def done(verb: str) -> str:
    """The past participle: "go_to" is "gone to"."""
    first, _, rest = _verb(verb).partition(" ")
    return f"{_DONE.get(first) or _regular(first)} {rest}".strip()


def _regular(word: str) -> str:
    if word.endswith("e"):
        return f"{word}d"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return f"{word[:-1]}ied"
    single = len(word) <= 4 and word[-1:] not in "aeiouwxy" and word[-2:-1] in tuple(_VOWELS)
    return f"{word}{word[-1]}ed" if single and word[-3:-2] not in tuple(_VOWELS) else f"{word}ed"


def _verb(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def _with(said: str, choice: Choice, names: Mapping[str, str]) -> str:
    target = names.get(choice.target or "", choice.target or "")
    values = ", ".join(_shown(name, value) for name, value in choice.parameters.items() if value is not False)
    return f"{said} {target}".strip() + (f", with {values}" if values else "")


def _shown(name: str, value: m.State) -> str:
    if isinstance(value, bool):
        return name
    if isinstance(value, str):
        return value
    return f"{name} {value:g}"


def _plain(text: str) -> str:
    """One line without a mark at its end and without the brackets that set notes apart in a prompt."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.translate(str.maketrans("", "", "()[]<>")).split()).rstrip(" .!")
