"""How well a character plays its part: its writer's own questions put to its mind."""
