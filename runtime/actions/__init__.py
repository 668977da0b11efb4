"""Actions: what the game lets characters do, which of it they choose, and where in a reply it happens."""

from runtime.actions.call import parse, parse_cue, parse_tool
from runtime.actions.calling import offered
from runtime.actions.choice import Choice, valid
from runtime.actions.cues import Cues
from runtime.actions.grammar import grammar, tools
from runtime.actions.offer import Offer
from runtime.actions.results import about
from runtime.actions.script import Part, Script
from runtime.actions.select import Selector

__all__ = [
    "Choice",
    "Cues",
    "Offer",
    "Part",
    "Script",
    "Selector",
    "about",
    "grammar",
    "offered",
    "parse",
    "parse_cue",
    "parse_tool",
    "tools",
    "valid",
]
