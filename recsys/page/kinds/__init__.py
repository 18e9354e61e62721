"""The kinds of rows: each a few settings and a function from a page's material to rows."""
