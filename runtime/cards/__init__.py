"""Characters from and to other tools: Character Cards V1, V2 and V3, as JSON or in a PNG, and plain text."""

from runtime.cards.card import BadCard, Card, Entry
from runtime.cards.files import read, write
from runtime.cards.folder import export_folder, import_card

__all__ = ["BadCard", "Card", "Entry", "export_folder", "import_card", "read", "write"]
