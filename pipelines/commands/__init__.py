"""The commands of the batch room; each file is one command or one group."""
