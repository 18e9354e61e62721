"""The tables ``account``, ``profile`` and ``preference``, and what ``viewer`` says of a profile."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

from serving.accounts.contracts import MOST_PROFILES
from serving.database import Connection

_STANDING: Final = """
SELECT account.account_id IS NOT NULL, profile.account_id, coalesce(viewer.kids, false),
    viewer.maximum_age, viewer.erased_at IS NOT NULL
FROM (SELECT %(account)s::text AS account_id, %(viewer)s::text AS viewer_id) AS asked
LEFT JOIN account USING (account_id)
LEFT JOIN viewer USING (viewer_id)
LEFT JOIN profile ON profile.viewer_id = asked.viewer_id
"""
_NEW_ACCOUNT: Final = (
    "INSERT INTO account (account_id) VALUES (%(account)s) ON CONFLICT (account_id) DO NOTHING"
)
_LOCK_ACCOUNT: Final = "SELECT FROM account WHERE account_id = %(account)s FOR UPDATE"
# Nobody's events are learned from before somebody agreed; of whom the ingest knows more, that holds.
_NEW_VIEWER: Final = """
INSERT INTO viewer (viewer_id, consent) VALUES (%(viewer)s, false) ON CONFLICT (viewer_id) DO NOTHING
"""
_NEW_PROFILE: Final = f"""
INSERT INTO profile (viewer_id, account_id, place, name)
SELECT viewer_id, %(account)s, place, coalesce(%(name)s, 'Profile ' || place)
FROM viewer, generate_series(1, {MOST_PROFILES}) AS place
WHERE viewer_id = %(viewer)s AND erased_at IS NULL
    AND NOT EXISTS (SELECT FROM profile WHERE account_id = %(account)s AND profile.place = place.place)
ORDER BY place LIMIT 1
ON CONFLICT (viewer_id) DO NOTHING
RETURNING viewer_id
"""  # noqa: S608  a number of ours
_PREFER: Final = """
INSERT INTO preference (viewer_id, languages, autoplay)
SELECT viewer_id, coalesce(%(languages)s::text[], '{}'), coalesce(%(autoplay)s::boolean, true)
FROM profile WHERE viewer_id = %(viewer)s
ON CONFLICT (viewer_id) DO UPDATE SET languages = coalesce(%(languages)s::text[], preference.languages),
    autoplay = coalesce(%(autoplay)s::boolean, preference.autoplay)
"""
_PROFILES: Final = """
SELECT profile.viewer_id, name, kids, maximum_age, coalesce(languages, '{}') AS languages,
    coalesce(autoplay, true) AS autoplay, consent, region
FROM profile JOIN viewer USING (viewer_id) LEFT JOIN preference USING (viewer_id)
WHERE account_id = %(account)s AND (%(viewer)s::text IS NULL OR viewer_id = %(viewer)s)
ORDER BY place
"""
_LOCK_VIEWER: Final = """
SELECT viewer.kids, viewer.maximum_age, viewer.consent
FROM viewer JOIN profile USING (viewer_id)
WHERE viewer_id = %(viewer)s AND account_id = %(account)s FOR UPDATE OF viewer
"""
_SET_VIEWER: Final = """
UPDATE viewer SET kids = %(kids)s, maximum_age = %(maximum_age)s, consent = %(consent)s,
    region = coalesce(%(region)s, region), changed_at = now()
WHERE viewer_id = %(viewer)s
"""
_RENAME: Final = "UPDATE profile SET name = %(name)s WHERE viewer_id = %(viewer)s"
_DROP: Final = "DELETE FROM profile WHERE viewer_id = %(viewer)s"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of the account and the profile of a token."""

    known: bool
    owner: str | None
    """Whose the profile is."""
    kids: bool
    maximum_age: int | None
    erased: bool

    def complete(self, account_id: str, viewer_id: str | None) -> bool:
        """Return whether nothing is left to be made."""
        return self.known and (viewer_id is None or self.owner == account_id)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a profile may be shown, and whether it may be learned from."""

    kids: bool
    maximum_age: int | None
    consent: bool


def standing(connection: Connection, account_id: str, viewer_id: str | None) -> Standing:
    """Return what is known of both."""
    given = {"account": account_id, "viewer": viewer_id}
    return Standing(*connection.exec_driver_sql(_STANDING, given).one())


def provision(connection: Connection, account_id: str, viewer_id: str | None) -> Standing:
    """Make what is missing, as far as it may be, and return what is known then."""
    connection.exec_driver_sql(_NEW_ACCOUNT, {"account": account_id})
    if viewer_id is not None:
        add(connection, account_id, viewer_id, None)
    return standing(connection, account_id, viewer_id)


def add(connection: Connection, account_id: str, viewer_id: str, name: str | None) -> bool:
    """Give an account a profile, and return whether there was a place for it."""
    given = {"account": account_id, "viewer": viewer_id, "name": name}
    connection.exec_driver_sql(_LOCK_ACCOUNT, given)
    connection.exec_driver_sql(_NEW_VIEWER, given)
    return connection.exec_driver_sql(_NEW_PROFILE, given).first() is not None


def lock_account(connection: Connection, account_id: str) -> None:
    """Keep others from adding and deleting profiles meanwhile."""
    connection.exec_driver_sql(_LOCK_ACCOUNT, {"account": account_id})


def profiles(
    connection: Connection, account_id: str, viewer_id: str | None = None
) -> list[dict[str, Any]]:
    """Return the profiles of an account, or one of them, each a row."""
    given = {"account": account_id, "viewer": viewer_id}
    return [dict(row) for row in connection.exec_driver_sql(_PROFILES, given).mappings()]


def limits(connection: Connection, account_id: str, viewer_id: str) -> Limits | None:
    """Return what holds for a profile, and keep others from changing it; None if the account has no such."""
    given = {"account": account_id, "viewer": viewer_id}
    row = connection.exec_driver_sql(_LOCK_VIEWER, given).first()
    return None if row is None else Limits(*row)


def limit(
    connection: Connection, viewer_id: str, limits: Limits, region: str | None = None
) -> None:
    """Set what holds for a profile."""
    said = {field.name: getattr(limits, field.name) for field in fields(limits)}
    connection.exec_driver_sql(_SET_VIEWER, {"viewer": viewer_id, "region": region} | said)


def prefer(
    connection: Connection, viewer_id: str, languages: list[str] | None, *, autoplay: bool | None
) -> None:
    """Keep preferences; what is None stays as it is."""
    given = {"viewer": viewer_id, "languages": languages, "autoplay": autoplay}
    connection.exec_driver_sql(_PREFER, given)


def rename(connection: Connection, viewer_id: str, name: str) -> None:
    """Give a profile another name."""
    connection.exec_driver_sql(_RENAME, {"viewer": viewer_id, "name": name})


def drop(connection: Connection, viewer_id: str) -> None:
    """Take a profile from its account."""
    connection.exec_driver_sql(_DROP, {"viewer": viewer_id})
