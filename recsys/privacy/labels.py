"""Words that a client wrote, cut down to what names nobody."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def row_kinds(
    row_ids: pa.Array | pa.ChunkedArray, kinds: Sequence[str]
) -> pa.Array | pa.ChunkedArray:
    """Return the kind of each row, without what follows it; null where it is of none of the kinds.

    A row's id is its kind, or its kind, a hyphen and what it is about: a watched title, a genre.

    Parameters
    ----------
    row_ids : string (n,)
    kinds : sequence of str
        Where one begins like another, the longer one is looked for first.

    Examples
    --------
    >>> ids = pa.array(["new", "because-the-last-harbour", "newly ada@example.org", None])
    >>> row_kinds(ids, ["because", "new"]).to_pylist()
    ['new', 'because', None, None]
    """
    found = pa.nulls(len(row_ids), pa.string())
    for kind in sorted(kinds, key=len, reverse=True):
        of_kind = pc.or_(pc.equal(row_ids, kind), pc.starts_with(row_ids, f"{kind}-"))
        fresh = pc.and_(pc.is_null(found), pc.fill_null(of_kind, fill_value=False))
        found = pc.if_else(fresh, kind, found)
    return found


def plain(labels: pa.Array | pa.ChunkedArray, pattern: str) -> pa.Array | pa.ChunkedArray:
    """Return the labels that a pattern describes from end to end; null where it does not.

    Parameters
    ----------
    labels : string (n,)
    pattern : str
        A regular expression (RE2).

    Examples
    --------
    >>> plain(pa.array(["als", "ada@example.org", "als ada"]), "[a-z]+").to_pylist()
    ['als', None, None]
    """
    fits = pc.match_substring_regex(labels, f"^(?:{pattern})$")
    return pc.if_else(fits, labels, pa.scalar(None, pa.string()))


def shared(
    labels: pa.Array | pa.ChunkedArray, crowded: pa.Array | pa.ChunkedArray
) -> pa.Array | pa.ChunkedArray:
    """Return the labels that many viewers have; null in place of the others.

    Examples
    --------
    >>> shared(pa.array(["als", "ada", None]), pa.array(["als"])).to_pylist()
    ['als', None, None]
    """
    return pc.if_else(pc.is_in(labels, crowded), labels, pa.scalar(None, pa.string()))
