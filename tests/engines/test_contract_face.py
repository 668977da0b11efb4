"""What every engine of this stage must do, `--engine face:NAME` for another."""

from runtime.contract.test_face import *  # noqa: F403
