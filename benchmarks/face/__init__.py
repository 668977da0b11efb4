"""The face, measured: does the mouth follow the voice, and do its lips meet where they must?

- `lips`: what is measured of a mouth, from 52 ARKit weights or from the landmarks of a video.
- `scores`: the measures, pure functions of such curves; `score` gives all of them for a set of clips.
- `clips`: a stretch of speech with what is true of it; `synthetic` and `recordings` make them.
- `sides`: who is measured; `robust` and `cost`: what needs no truth.

The voices of `synthetic.HELD_OUT` and everything in `recordings` are for measuring: no engine may be trained
on them.
"""
