"""Events, titles and viewers in: recognised, checked, and added to the raw side of the store."""
