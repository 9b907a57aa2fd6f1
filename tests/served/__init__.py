"""The real server, as `python -m forum.serve` starts it, and phones that speak to it over the loopback."""
