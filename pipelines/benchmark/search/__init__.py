"""How fast and how well titles are searched: a made world over HTTP, and a judged set of questions to real titles."""
