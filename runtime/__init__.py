"""Townsfolk: a runtime for game characters that hear, think, speak and move their faces."""

__version__ = "0.1.0"
