"""What a caller wants left in: a small language over the catalog, read and typed before anything is searched.

    genre in ["Drama", "Crime"] and release_year >= 2015 and not title in watchlist

Words compare without regard to case. A title of which a field is not known meets no comparison of it, so that
``not`` of one lets it through. What is left in is what the search may find: a list is as long as was asked for wherever
so many titles are left. No filter lets anything through that rights keep back.
"""
