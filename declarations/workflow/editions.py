"""A proof waits for a second organiser; then an edition is published, and never changes."""
