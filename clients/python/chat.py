# ruff: noqa: T201 - a terminal is what it is for
"""Chat with a character in a terminal, with captions in time: `python clients/python/chat.py URL [CHARACTER]`

A frame of this loop is what a frame of a game is: look at what came, at the line that sounds, at the face.
"""

import sys
import time

from runtime.client import Link, Speaker
from runtime.client.sync import Session, connect
from runtime.protocol import messages as m

FRAME = 1 / 30
"""Seconds: captions need no more."""
STARTS = 30.0
"""Seconds for a reply to begin; a character that has nothing to say says nothing."""
JAW = 6
"""Characters of the widest open mouth."""


def told(npc: Session) -> bool:
    """Print what came; True while more of a reply is to be expected."""
    going_on = True
    for event in npc.poll():
        match event:
            case Link(state=state, missed=missed):
                print(f"\n[{state}]")
                for each in missed:
                    print(f"[missed] {each.npc}: {each.text}")
                going_on = state == "reconnecting"
            case m.Error(message=message, hint=hint):
                print(f"\n[{message} {hint}]")
                going_on = False
    return going_on and not npc.over


def listen(npc: Session, speaker: Speaker, after: int) -> int:
    """Show the next reply word by word as it sounds; its number."""
    jaw, shown, begun = npc.ready.blendshapes.index("jawOpen"), "", time.monotonic()
    reply = after
    while told(npc) and (speaker.sounding or reply > after or time.monotonic() - begun < STARTS):
        if line := speaker.caption():
            reply, at = line.reply, speaker.position(line.reply)
            words = " ".join(word.text for word in line.words if word.start <= at)
            face = speaker.face()
            mouth = "" if face is None else "=" * round(JAW * float(face[jaw]))
            shown = f"{line.npc}: {words or line.text}"
            print(f"\r\033[K{shown}  ({mouth})", end="", flush=True)
        elif shown:
            print(f"\r\033[K{shown}")
            shown = ""
        if reply > after and speaker.over(reply):
            break
        time.sleep(FRAME)
    if shown:
        print(f"\r\033[K{shown}")
    return reply


def main(url: str, npc_id: str) -> None:
    """Greet, and talk until the end of input."""
    with connect(url, npc_id) as npc:
        speaker = npc.speaker(silent=True)  # a game gives `speaker.render` to its audio device instead
        npc.greet(npc_id)
        reply = listen(npc, speaker, 0)
        for text in iter(lambda: input("you: ").strip(), ""):
            npc.say(text)
            reply = listen(npc, speaker, reply)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "innkeeper")
    except (EOFError, KeyboardInterrupt):
        print()
