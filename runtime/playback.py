"""What a client plays: replies one after another, sample-exact, stopped and gone on with as the server says.

Sans-IO: a sound device, or a simulated one, asks for samples, and how many it asked for is the time.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from runtime.frames import Frames
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.track import Sounded as Sounded
from runtime.track import Track
from runtime.types import Pose, Samples, Weights

FADE = 0.006
"""Seconds: too long to click, and so short that two (one waits for the other to end) stay below 15 ms."""
CUSHION = 0.07
"""Seconds gathered before a reply begins or goes on: a packet of the server and a bit, so one may be late."""
POSITION = 0.25
"""Seconds of sound between two reports: as exact as the words need it that a character remembers."""
ROOM = 0.25
"""Seconds that a room still rings after the loudspeaker."""

_NOTHING = np.zeros(0, np.float32)


class Playback:
    """The loudspeaker of one session. Not for several threads at once."""

    def __init__(self, rate: int, fps: int = 60, latency: float = 0.0) -> None:
        """`rate` and `fps` as in `ready`; `latency` in seconds from `render` to the ear."""
        self.rate, self.fps, self.latency = rate, fps, latency
        self.rendered = 0
        """Samples the device has asked for: its clock."""
        self.quiet_since = 0
        """Sample of the device from which on it has been silent."""
        self.stale = 0
        """Voice and face packets that came for a reply after its `cancel`, and were dropped."""
        self.replies: dict[int, Sounded] = {}
        """All there were, by number."""
        self._tracks: dict[int, Track] = {}
        """Those that are not over, in the order in which they sound."""
        self._held: set[int] = set()
        self._cancelled: set[int] = set()
        self._tail = _NOTHING
        """The rest of a fade out."""
        self._reports: list[m.Playback] = []
        self._rests: dict[int, tuple[int, Frames]] = {}
        """Faces between replies, by their number: the sample of the device at which each began."""

    # ------------------------------------------------------------ from the server

    def take(self, item: m.FromServer | media.Packet) -> None:
        """Take what the server sent, in its order. What is not about the sound of a reply changes nothing."""
        match item:
            case media.Packet(kind=media.VOICE | media.FACE):
                self._packet(item)
            case m.Rest(reply=reply):
                self._rests[reply] = self.rendered, Frames(self.rate, self.fps)
            case m.Done(reply=reply) if track := self._track(reply):
                track.complete = True
            case m.Hold(reply=reply) if not self._is_over(reply):
                self._held.add(reply)
            case m.Release(reply=reply):
                self._held.discard(reply)
            case m.Cancel(reply=reply):
                self._cancel(reply)

    def _packet(self, packet: media.Packet) -> None:
        if packet.reply in self._rests:
            began, frames = self._rests[packet.reply]
            frames.forget(self.rendered - began)
            frames.add(packet)
            return
        self.stale += packet.reply in self._cancelled
        track = self._track(packet.reply)
        if track is None:
            return
        if packet.kind == media.VOICE:
            track.write(packet.time, packet.samples())
            track.since = self.rendered if track.since is None else track.since
        else:
            track.frames.add(packet)

    def _cancel(self, reply: int) -> None:
        """Drop all of it, also what may lie before `valid_through`: the player wants silence now."""
        self._cancelled.add(reply)
        if track := self._track(reply):
            if track.running:
                self._tail = track.cut()
            self._end(track, "interrupted")

    def _track(self, reply: int) -> Track | None:
        """That of `reply`, a new one if need be, or None where it is over."""
        if self._is_over(reply):
            return None
        if reply not in self._tracks:
            sounded = self.replies[reply] = Sounded(reply)
            frames = Frames(self.rate, self.fps)
            self._tracks[reply] = Track(sounded, round(FADE * self.rate), frames)
        return self._tracks[reply]

    def _is_over(self, reply: int) -> bool:
        return reply in self.replies and reply not in self._tracks

    # ------------------------------------------------------------ to the ear

    def render(self, count: int) -> Samples:
        """The next `count` samples for the device; zeros where nothing sounds."""
        out, filled = np.zeros(count, np.float32), 0
        while filled < count and len(piece := self._piece(count - filled, self.rendered + filled)):
            out[filled : filled + len(piece)] = piece
            filled += len(piece)
            self.quiet_since = self.rendered + filled
        self.rendered += count
        track = self._current
        if track and track.sounded.played - track.reported >= POSITION * self.rate:
            self._report(track, "position", self._heard(track))
        return out

    @property
    def _current(self) -> Track | None:
        return next(iter(self._tracks.values()), None)

    def _piece(self, room: int, now: int) -> Samples:
        """What sounds at sample `now` of the device, at most `room` samples; nothing is silence."""
        while not len(self._tail) and (track := self._current):
            if not track.running and not self._begin(track, now):
                return _NOTHING
            if track.rising:
                return track.rise(room)
            if track.sounded.reply in self._held:
                track.sounded.holds += 1
                self._stop(track)
            elif track.left > 0:
                return track.advance(room)
            elif track.complete:
                self._end(track, "finished")
            else:
                track.sounded.underruns += 1
                track.since = None
                self._stop(track)
        piece, self._tail = self._tail[:room], self._tail[room:]
        return piece

    def _begin(self, track: Track, now: int) -> bool:
        """Let it sound if it may and enough is there; one too short to fade is waited for."""
        if track.sounded.reply in self._held:
            return False
        cushion = CUSHION * self.rate
        waited = track.since is not None and now - track.since >= cushion
        track.running = track.complete or (track.left > 0 and (waited or track.ready >= cushion))
        if track.running and track.ready and track.sounded.began is None:
            track.sounded.began = now
            self._report(track, "started", 0)
        return track.running

    def _stop(self, track: Track) -> None:
        self._tail = track.stop()
        self._report(track, "position", track.sounded.played)

    def _end(self, track: Track, state: Literal["finished", "interrupted"]) -> None:
        track.sounded.over = state
        del self._tracks[track.sounded.reply]
        self._held.discard(track.sounded.reply)
        self._report(track, state, track.sounded.played)

    # ------------------------------------------------------------ what is known

    @property
    def sounding(self) -> int | None:
        """The reply that sounds at this moment; None in silence, and while it is held."""
        track = self._current
        return track.sounded.reply if track and track.running else None

    @property
    def audible(self) -> bool:
        """Whether a microphone in the room may hear the character."""
        ringing = self.rendered - self.quiet_since < (ROOM + self.latency) * self.rate
        return self.sounding is not None or (ringing and self.quiet_since > 0)

    def face(self) -> Weights | None:
        """The weights of this moment, one row; None while nothing sounds: the face rests then."""
        track = self._current
        return track.frames.face(self._heard(track)) if track and track.running else None

    def pose(self) -> Pose | None:
        """The angles of this moment, shape (7,); None while nothing sounds, and where none come."""
        track = self._current
        return track.frames.pose(self._heard(track)) if track and track.running else None

    def rest(self, reply: int) -> tuple[Weights | None, Pose | None]:
        """The face of a character between its replies at this moment, by the number of its `rest`."""
        began, frames = self._rests[reply]
        return frames.face(self.rendered - began), frames.pose(self.rendered - began)

    def reports(self) -> list[m.Playback]:
        """What the server is to be told since the last call."""
        reports, self._reports = self._reports, []
        return reports

    def _heard(self, track: Track) -> int:
        """Samples that are out of the device. When it falls silent all of them are."""
        return max(0, track.sounded.played - round(self.latency * self.rate))

    def _report(
        self, track: Track, state: Literal["started", "position", "finished", "interrupted"], at: int
    ) -> None:
        track.reported = track.sounded.played
        self._reports.append(m.Playback(reply=track.sounded.reply, state=state, at=at))
