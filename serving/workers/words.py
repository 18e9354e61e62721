"""What a parent and one of its workers say to each other over a socket of their own, a byte each."""

from __future__ import annotations

from typing import Final

HANDED: Final = b"h"
"""The parent's only word, with which comes a connection."""
READY: Final = b"r"
"""The worker may be handed connections."""
TAKEN: Final = b"t"
"""It has the next one of those that were handed to it."""
CLOSED: Final = b"c"
"""One of those that it has taken is closed."""
LEAVING: Final = b"l"
"""It takes no more, and ends when its answers are given."""
