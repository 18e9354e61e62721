"""The room that answers requests, from published bundles and the operational database."""
