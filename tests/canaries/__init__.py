"""M1, M3: a full journey leaves a secret in everything that must not be found; then all that is kept is searched."""
