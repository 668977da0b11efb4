"""Languages: what is known of each, and what differs when a character speaks it.

`of` tells how a language is written; `split` cuts it into sentences, `readable` puts its numbers and signs
into words, `caption` wraps it, `detect` finds it in a typed line. Nothing here does I/O.
"""

from runtime.language.captions import caption as caption
from runtime.language.detection import detect as detect
from runtime.language.facts import Language as Language
from runtime.language.facts import of as of
from runtime.language.hints import Hints as Hints
from runtime.language.reading import readable as readable
from runtime.language.sentences import join as join
from runtime.language.sentences import split as split
