"""Provenance: that what a character says was made by a machine can be read, and heard by one."""
