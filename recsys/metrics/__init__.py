"""Metrics as functions of two tables: what was recommended and what then was watched."""
