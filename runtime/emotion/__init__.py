"""What characters feel about what is said and done to them, and how it sounds."""

from runtime.emotion.likeness import Likeness
from runtime.emotion.mood import Feeling, Mood, Tone
from runtime.emotion.temper import Temper

__all__ = ("Feeling", "Likeness", "Mood", "Temper", "Tone")
