"""The homepage, composed by pure functions of candidates, history, context and policy."""
