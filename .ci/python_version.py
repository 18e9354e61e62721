"""Refuse a Python that the locked dependencies do not support, before anything is installed."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        f"recsys: expected Python 3.11 to 3.13, got {sys.version.split()[0]}, at {sys.executable}. "
        "Name another with: make PYTHON=/path/to/python3 setup"
    )
