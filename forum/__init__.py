"""The project: settings, addresses, servers and the languages of the interface."""
