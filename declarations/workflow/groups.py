"""A group meets in sessions, and its rapporteur writes what was said."""
