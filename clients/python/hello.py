# ruff: noqa: T201 - a terminal is what it is for
"""Say something to a character: `python clients/python/hello.py ws://127.0.0.1:8765/ws`"""

import sys

from runtime.client.sync import connect

with connect(sys.argv[1], "innkeeper") as npc:
    answer = npc.ask("Good evening! Do you have a room?")
    print(answer.text)
    print(f"{len(answer.audio)} samples of voice, {len(answer.face)} frames of face")
