"""The operational database's tables, as steps that only go forward."""
