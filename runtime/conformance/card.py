"""The score of a client: each rule kept, broken, or not seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from runtime.conformance.rules import RULES, Rule

Verdict = Literal["PASS", "FAIL", "NOT SEEN"]


TOLD = 5
"""Faults that are told of a rule: what is wrong with every packet need not be read for every packet."""


@dataclass
class Card:
    """What was seen. One fault outweighs everything else."""

    kept: set[str] = field(default_factory=set)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def note(self, rule: str, kept: bool, fault: str) -> bool:
        """Note one thing that was seen; `fault` says what is wrong where it is. Returns `kept`."""
        if rule not in RULES:
            raise KeyError(rule)
        if kept:
            self.kept.add(rule)
        elif fault not in (told := self.faults.setdefault(rule, [])) and len(told) < TOLD:
            told.append(fault)
        return kept

    def verdict(self, rule: str) -> Verdict:
        """Of one rule."""
        if rule in self.faults:
            return "FAIL"
        return "PASS" if rule in self.kept else "NOT SEEN"

    def all(self) -> list[tuple[Rule, Verdict, list[str]]]:
        """Every rule with its verdict and the faults that were found."""
        return [(rule, self.verdict(rule.id), self.faults.get(rule.id, [])) for rule in RULES.values()]

    @property
    def good(self) -> bool:
        """Something was seen, and nothing wrong."""
        return bool(self.kept) and not self.faults
