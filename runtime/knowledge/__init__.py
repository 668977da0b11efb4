"""What a character's writer wrote about its world: read from Markdown, found by what the player says.

The writer keeps `knowledge/*.md` beside `character.toml`. Every sentence there becomes a fact, and a search
answers with the few facts that fit and with how sure it is that they do, so that a character can also tell
that it knows nothing of a matter.
"""

from runtime.knowledge.embedding import Embedder, SentenceModel
from runtime.knowledge.knowledge import KNOWN, Fact, Knowledge
from runtime.knowledge.notes import BadKnowledge

__all__ = ["KNOWN", "BadKnowledge", "Embedder", "Fact", "Knowledge", "SentenceModel"]
