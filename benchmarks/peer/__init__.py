"""Peers: other servers on the same models, in the same run, so that a ratio can be told."""
