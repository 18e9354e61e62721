"""Answers with rows, with titles for a viewer, and with similar titles."""
