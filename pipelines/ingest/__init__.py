"""Events, titles and viewers in: recognised, checked, and added to the raw side of the store."""

from pipelines.ingest.run import IngestReport, ingest

__all__ = ["IngestReport", "ingest"]
