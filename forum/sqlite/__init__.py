"""SQLite as the forum needs it: durable, one writer at a time, and erased means erased."""
