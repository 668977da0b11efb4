"""Characters in tools that know nothing of our wire: Live Link Face and VMC over UDP, voice to a device, a
file or RTP.

A sink is a client like any other. Whatever plays the voice is its clock: `show` is asked for a sixtieth of a
second of sound at a time, and the faces that belong to it leave as it begins to be heard.
"""
