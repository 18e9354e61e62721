"""The parts of the privacy gate."""
