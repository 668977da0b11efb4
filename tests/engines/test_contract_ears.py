"""What every engine of this stage must do, `--engine ears:NAME` for another."""

from runtime.contract.test_ears import *  # noqa: F403
