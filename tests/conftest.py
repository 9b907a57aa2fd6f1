"""Plugins of the tests; what they share lives in factories.py."""

pytest_plugins = ["tests.report"]
