"""What every engine must do, as tests: for those of this program and for those of other packages.

    pytest --pyargs runtime.contract -p runtime.contract.plugin --engine voice:beeps

opens the engine that settings would call `[voice] engine = "beeps"` and holds it to the contract of its
stage. Its options come from a settings file (`--engine-settings FILE`), the name of a voice from
`--engine-voice NAME`. Needs pytest, and the embedded voice, which speaks to ears and faces.
"""
