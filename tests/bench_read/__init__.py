"""How fast pages are read, side by side in one run: `make bench-read`."""
