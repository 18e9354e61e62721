"""Guests: what a session did answers for itself, and is merged into a viewer at sign-in."""
