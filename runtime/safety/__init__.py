"""What may be heard and said: checks by rating on the way in and out, honesty, care, and a log of it."""

from runtime.safety.audit import Audit
from runtime.safety.hearing import InputCheck
from runtime.safety.saying import OutputCheck, checked
from runtime.safety.settings import Category, Rating, SafetySettings
from runtime.safety.sincere import CARE, HONEST, asked, minor, sincere
from runtime.safety.topics import Topics
from runtime.safety.verdict import Verdict
from runtime.safety.written import care, deflection, honest, owed

__all__ = (
    "CARE", "HONEST", "Audit", "Category", "InputCheck", "OutputCheck", "Rating", "SafetySettings", "Topics",
    "Verdict", "asked", "care", "checked", "deflection", "honest", "minor", "owed", "sincere",
)  # fmt: skip
