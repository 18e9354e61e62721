"""Whether a day's data may be learned from: what is checked before training, by declared thresholds."""
