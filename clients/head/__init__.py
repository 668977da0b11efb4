"""A head of our own with all 52 ARKit shapes: `python -m clients.head` writes assets/head/*.glb.

Modelled in millimetres: x to the head's own left, y up, z to the front, the middle between the eyes at
height 0 and the ears at depth 0. The files are in metres (see `gltf`).
"""
