"""What a recogniser may know before anybody speaks."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.language.facts import of


@dataclass(frozen=True, slots=True)
class Hints:
    """Of one session, or of one character in it."""

    languages: tuple[str, ...] = ()
    """BCP 47 tags: one is taken as given, several are chosen from, none leaves all open."""
    words: tuple[str, ...] = ()
    """Names likely to be said, the likeliest first: characters, places, things."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages as Whisper calls them."""
        return tuple(dict.fromkeys(of(tag).code for tag in self.languages))

    def on(self, usual: Hints) -> Hints:
        """These where they say something, and what is `usual` of a server behind them."""
        return Hints(self.languages or usual.languages, tuple(dict.fromkeys((*self.words, *usual.words))))
