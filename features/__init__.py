"""From events and titles to what models see: the same code over a lake and in a request."""
