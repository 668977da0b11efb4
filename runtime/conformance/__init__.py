"""Is this a client of the protocol? A scripted server without models plays to it, and notes what it does."""
