"""Adapters import their library, which only an environment of its own has."""

collect_ignore_glob = ["by_*.py"]
