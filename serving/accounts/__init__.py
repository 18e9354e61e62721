"""Accounts and their profiles, each of which is one viewer; their lists and their histories."""
