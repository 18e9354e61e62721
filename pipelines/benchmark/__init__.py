"""Benchmarks on public data sets: the same protocol for every model, each in a process of its own."""
