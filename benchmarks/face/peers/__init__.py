"""Other makers of mouths, in an environment of their own, on the same recordings in the same run.

`environment` installs them into .cache/face-peers; `run` hands them audio and takes their curves; `shapes`
puts a mouth to what they say. The scripts beside them run in that environment and know nothing of ours.
"""
