"""What every engine of this stage must do, `--engine mind:NAME` for another."""

from runtime.contract.test_mind import *  # noqa: F403
