"""What every engine of this stage must do, `--engine voice:NAME` for another."""

from runtime.contract.test_voice import *  # noqa: F403
