"""The page at ``/`` and what it needs besides the recommendations."""
