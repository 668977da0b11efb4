"""The contract suite, and engines that need more than their name to be opened."""

from __future__ import annotations

import pytest
from engines import specimens

pytest.register_assert_rewrite(
    *(f"runtime.contract.test_{stage}" for stage in ("ears", "mind", "voice", "face"))
)

from runtime.contract.plugin import (  # noqa: E402
    SPECIMENS,
    ears,
    face,
    mind,
    pytest_configure,
    pytest_generate_tests,
    voice,
)

__all__ = ["ears", "face", "mind", "pytest_configure", "pytest_generate_tests", "voice"]

SPECIMENS.update(specimens.ALL)
