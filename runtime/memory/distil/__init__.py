"""From an exchange to facts worth keeping, by rules. English. Pure: the same in, the same out."""

from runtime.memory.distil.distil import Context, distil

__all__ = ["Context", "distil"]
