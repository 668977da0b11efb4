"""How the learned mouth came to be: speech with known sounds, targets, network, training and export.

`python -m runtime.face.training data|align|train|export`. Needs the packages and the synthesisers that
assets/face/card.md names; nothing of it is needed to run the network.
"""
