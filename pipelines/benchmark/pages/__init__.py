"""Whole pages judged offline: composed against a plain list, and what each dial trades."""
