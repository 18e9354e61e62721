"""Who is who: bearer tokens, the keys they are signed with, and what a caller may do."""
