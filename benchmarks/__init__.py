"""Figures: every number that the README quotes is printed by a command here."""
