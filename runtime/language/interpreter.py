"""A player and a character who speak different languages, and a mind that carries the meaning across.

The character thinks in its own language: its prompt holds nothing else, so persona, facts and cache stay as
they are. What the player said is translated before, what it answers after, a sentence at a time, so that the
first is heard while the next is still being translated. The voice is the character's own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import cache
from typing import TypeAlias

from runtime.flow import Stream
from runtime.language.facts import Language, of
from runtime.language.sentences import ends_at, join, split, tidy
from runtime.mind import Mind
from runtime.types import Message, Prompt

KEPT = 2000
"""Sentences whose translation is kept: the talk of some hundred players, so that history is not done anew."""
_LONGEST = 3
"""Tokens a translation may have for each of a sentence's words (of a language without spaces, characters)."""
_SHOWN = {
    "en": (
        "Good evening. What will you drink?",
        "Watch the third step, it is loose.",
        "I have not seen him.",
    ),
    "zh": ("晚上好。您想喝点什么？", "小心第三级台阶，它松了。", "我没见过他。"),
    "zh-Hant": ("晚上好。您想喝點什麼？", "小心第三級台階，它鬆了。", "我沒見過他。"),
    "de": (
        "Guten Abend. Was trinken Sie?",
        "Vorsicht, die dritte Stufe ist lose.",
        "Ich habe ihn nicht gesehen.",
    ),
    "fr": ("Bonsoir. Que voulez-vous boire ?", "Attention à la troisième marche.", "Je ne l'ai pas vu."),
    "es": ("Buenas noches. ¿Qué va a beber?", "Cuidado con el tercer escalón.", "No lo he visto."),
    "ja": (
        "こんばんは。何をお飲みになりますか？",
        "三段目に気をつけて、ぐらついているよ。",
        "彼は見ていません。",
    ),
}
"""The same three sentences, to show what is wanted; a small model needs to see it."""


def translation(text: str, source: str, target: str, names: Sequence[str] = ()) -> Prompt:
    """The prompt whose answer is `text` in the language `target`, and nothing else."""
    old, new = of(source), of(target)
    kept = f" Keep these names: {', '.join(names)}." if names else ""
    system = (
        f"You translate what people say in a game from {old.name} into {new.name}. Carry over the "
        f"meaning and the tone. Answer with the translation alone.{kept}"
    )
    shown = zip(_SHOWN.get(old.tag, ()), _SHOWN.get(new.tag, ()), strict=False)
    talk = [message for a, b in shown for message in (Message("user", a), Message("assistant", b))]
    words = len(text.split()) if old.spaced else len(text)
    return Prompt(
        (Message("system", system), *talk),
        (Message("user", text),),
        max_tokens=16 + _LONGEST * words,
        temperature=0.0,
        stop=("\n",),
        seed=0,
    )


class Interpreter:
    """A Mind for a player who speaks `player` with characters who speak `character` (BCP 47 tags).

    Holds nothing of a session but translations of late, so one serves all who speak the same two languages.
    """

    def __init__(self, mind: Mind, player: str, character: str, names: Sequence[str] = ()) -> None:
        """`names` stay as they are. The mind stays its owner's: it is not closed."""
        self._mind, self._names = mind, tuple(names)
        self._player, self._character = of(player), of(character)
        self._kept: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def __call__(self, prompt: Prompt, /) -> Stream[str]:
        """The reply in the player's language, whole sentences as they are translated. Raises MindFailed."""
        told = await self._in_own_words(prompt)
        first = True
        async with aclosing(_sentences(self._mind(told), self._character)) as sentences:
            async for sentence in sentences:
                said = await self.translate(sentence, self._character, self._player)
                yield said if first or not self._player.spaced else f" {said}"
                first = False

    async def ends(self, prompt: Prompt, /) -> float:
        """As the mind judges the player's words in their own language. Raises MindFailed."""
        return await self._mind.ends(prompt)

    async def warm(self, prompt: Prompt) -> None:
        """Read the prompt ahead, as far as it needs no translation that has not been made."""
        if all(self._known(message) for message in prompt.messages):
            prompt = await self._in_own_words(prompt)
        else:
            prompt = replace(prompt, messages=())
        await self._mind.warm(prompt)

    def close(self) -> None:
        """Forget the translations."""
        self._kept.clear()

    async def heard(self, text: str) -> str:
        """What the player said, as the character hears it. Raises MindFailed."""
        return await self.translate(text, self._player, self._character)

    async def said(self, text: str) -> str:
        """A text of the character's, as the player hears it. Raises MindFailed."""
        return await self.translate(text, self._character, self._player)

    async def translate(self, text: str, source: Language, target: Language) -> str:
        """`text` sentence by sentence; one for which the mind finds no words stays as it is."""
        return join([await self._sentence(one, source, target) for one in split(text, source)])

    async def _sentence(self, text: str, source: Language, target: Language) -> str:
        if (text, target.tag) not in self._kept:
            async with aclosing(self._mind(translation(text, source.tag, target.tag, self._names))) as pieces:
                said = tidy("".join([piece async for piece in pieces])) or text
            self._keep(text, target, said)
            self._keep(said, source, text)  # the way back is known as well: history holds what was heard
        self._kept.move_to_end((text, target.tag))
        return self._kept[text, target.tag]

    def _keep(self, text: str, target: Language, said: str) -> None:
        self._kept[text, target.tag] = said
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _known(self, message: Message) -> bool:
        said = message.text.rpartition("\n")[2]
        return all((one, self._character.tag) in self._kept for one in split(said, self._player))

    async def _in_own_words(self, prompt: Prompt) -> Prompt:
        """The prompt as the character would have heard it. Notes, the lines before the last, are in its
        language."""
        messages = []
        for message in prompt.messages:
            notes, line, said = message.text.rpartition("\n")
            told = await self.translate(said, self._player, self._character)
            messages.append(replace(message, text=f"{notes}{line}{told}"))
        return replace(prompt, messages=tuple(messages))


Interpreters: TypeAlias = Callable[[str, str], Interpreter]
"""By the languages of a player and of a character; who asks for the same two gets the same one."""


def interpreters(mind: Mind, names: Sequence[str]) -> Interpreters:
    """Those of a server. `names` stay as they are."""

    @cache
    def between(player: str, character: str) -> Interpreter:
        return Interpreter(mind, player, character, names)

    return between


async def _sentences(pieces: Stream[str], language: Language) -> Stream[str]:
    """Sentences as soon as they are whole."""
    text = ""
    async with aclosing(pieces):
        async for piece in pieces:
            text += piece
            cut = _last_end(text, language)
            for sentence in split(text[:cut], language):
                yield sentence
            text = text[cut:]
    for sentence in split(text, language):
        yield sentence


def _last_end(text: str, language: Language) -> int:
    """Where the last sentence ends that is surely whole: something has been written behind it."""
    ends = (at for at in range(len(text) - 2, -1, -1) if ends_at(text, at, language, language.ends))
    return next(ends, -1) + 1
