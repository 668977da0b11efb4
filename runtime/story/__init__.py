"""Stories: what a character wants, what it may tell and what it keeps to itself, section by section.

The writer keeps `story.toml` beside `character.toml`. A session follows it with a `Progress` for each player
and character, which is told what is said and what happens, and says what the character is aware of.
"""

from runtime.story.play import Step
from runtime.story.progress import Ahead, Progress
from runtime.story.story import BadStory, Story
from runtime.story.telling import Hidden
from runtime.story.template import fill

__all__ = ["Ahead", "BadStory", "Hidden", "Progress", "Step", "Story", "fill"]
