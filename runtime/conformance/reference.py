"""The reference: our own client without a loudspeaker. `python -m runtime.conformance.reference URL`"""

from __future__ import annotations

import asyncio
import os
import sys

import numpy as np

from runtime.client import PACKET, Client, Speaker, connect
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError


async def attend(url: str, loudspeaker: type[Speaker] = Speaker) -> None:
    """Play silently what comes and report it, until the server ends the session. Raises ProtocolError."""
    face = m.Face(pose=True, rest=True)
    async with (
        connect(url, client="townsfolk-reference", face=face, reconnect=True) as client,
        loudspeaker(client).running(silent=True) as speaker,
    ):
        listening = asyncio.create_task(_listen(client, speaker))
        async for _ in client:
            pass  # the speaker takes what comes
        listening.cancel()


async def _listen(client: Client, speaker: Speaker) -> None:
    """A microphone in a silent room."""
    silence = np.zeros(round(client.ready.audio_in.rate * PACKET), np.float32)
    due = asyncio.get_running_loop().time
    next_packet = due()
    while True:
        next_packet += PACKET
        await asyncio.sleep(next_packet - due())
        await client.hear(silence, speaker.audible)


def main() -> int:
    """Exit status: 0 where the server ended the session, 1 where it refused."""
    url = sys.argv[-1] if len(sys.argv) > 1 else os.environ["TOWNSFOLK_URL"]
    try:
        asyncio.run(attend(url))
    except ProtocolError as error:
        sys.stderr.write(f"refused: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
