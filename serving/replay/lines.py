"""From a page to what is written down of it, and from that to the page."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

from recsys.context import Context
from recsys.page.kinds.picked import reason_of
from serving.recommendations.contracts import Asked, Home
from serving.recommendations.leanings import leaning
from serving.recommendations.making import Made, make, written
from serving.recommendations.viewers import Asker, stricter
from serving.refusals import ReplayError
from serving.replay.record import packed, unpacked
from serving.replay.store import Line
from serving.replica import Replica
from serving.tagged import Told, tag_of


def line_of(made: Made) -> Line:
    """Return what is written down of a page."""
    versions = made.replica.versions
    return Line(
        made.recommendation_id,
        made.asker.context.now,
        made.asked.viewer_id,
        made.replica.bundle_id or "",
        versions.catalog,
        versions.policy,
        tag_of(made.body),
        packed(made.asked, made.asker),
    )


def again(line: Line, replica: Replica, limit: int | None) -> Told[bytes]:
    """Return the page of a line, in the language that it was in.

    Parameters
    ----------
    line : Line
    replica : Replica
        Of its bundle, catalog and policy.
    limit : int, optional
        The strictest maturity that its viewer may be shown today, in years.

    Raises
    ------
    ReplayError
        If it comes out otherwise than it did, or holds what may not be shown any more.
    """
    asked, asker = _read(line)
    page = make(leaning(replica, asker), replica, asked, asker, line.recommendation_id)
    body = written(page)
    if (tag := tag_of(body)) != line.tag:
        raise changed("code", line.tag, tag)
    age = stricter(asker.context.maximum_age, limit)
    _check_rights(page, replica, Context(datetime.now(UTC), asker.context.region, age))
    return Told(body, replica.speech(asker.languages).language)


def changed(what: str, then: str, now: str) -> ReplayError:
    """Return the error of a page whose bundle, catalog, policy or code is not what it was."""
    return ReplayError(expected=f"the {what} of then, {then}", got=now, where=what)


def _read(line: Line) -> tuple[Asked, Asker]:
    try:
        return unpacked(line.made_from)
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        # An earlier version wrote down less than this one asks for.
        raise changed("code", "which wrote it down", type(error).__name__) from None


def _check_rights(page: Home, replica: Replica, context: Context) -> None:
    """Refuse a page that names what may not be shown now: rights hold for what was as well."""
    named = [item.content_id for row in page.rows for item in row.items]
    named += [reason for row in page.rows if (reason := reason_of(row.row_id)) is not None]
    allowed = replica.recommender.allowed(context)
    hidden = int((~allowed[replica.facts.internal(named)]).sum())
    if hidden:
        raise ReplayError(
            expected="titles that may be shown today as well",
            got=f"{hidden} that may not, on a page that came out as it did",
            where="rights",
        )
