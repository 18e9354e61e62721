"""The room of batch work: it alone writes ``data/`` and ``models/``."""
