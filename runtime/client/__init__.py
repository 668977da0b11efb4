"""A client in Python: for scripts, tests, games, and as the shortest description of how the wire is used.

async with connect("ws://127.0.0.1:8765/ws", "innkeeper") as npc:
    print((await npc.ask("Do you have a room?")).text)
"""

from runtime.client.answer import Answer as Answer
from runtime.client.answer import collect as collect
from runtime.client.incoming import Item as Item
from runtime.client.link import Link as Link
from runtime.client.opening import connect as connect
from runtime.client.resuming import Resuming as Resuming
from runtime.client.session import PACKET as PACKET
from runtime.client.session import Client as Client
from runtime.client.session import Event as Event
from runtime.client.speaker import Speaker as Speaker
from runtime.client.verbs import Refused as Refused
from runtime.client.verbs import Verbs as Verbs
