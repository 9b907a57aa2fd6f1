"""M2: the server is killed at random moments while phones send; what was acknowledged is stored, once, to the byte."""
