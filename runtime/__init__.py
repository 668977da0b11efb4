"""Townsfolk: a runtime for game characters that hear, think, speak and move their faces."""

import os

# Small matrix products on several threads wait for each other where a core is shared: 50 ms for 2.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
