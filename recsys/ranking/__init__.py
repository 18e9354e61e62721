"""Retrieve, filter, rank, rerank."""
