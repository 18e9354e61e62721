"""Who deletes a profile is gone from every table, and nothing brings it back."""

from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.serving.accounts.people import PROFILE, PROFILES, WATCHLIST, Person, refusal, somebody
from tests.serving.conftest import TokenFor, event, shown, until
from tests.serving.world import ADULT

HOME = "/api/recommendations/home"


@pytest.fixture
def anna(client: httpx.Client, token_for: TokenFor) -> Person:
    """An account with a second profile, which did all that can be done."""
    person = somebody(client, token_for)
    person.get(PROFILE)
    return person


@pytest.fixture
def other(anna: Person, shared_database: str) -> Person:
    other = anna.on(anna.add(name="Other", languages=["nb"]).json()["profileId"])
    other.watched("t001", "t002")
    other.call("POST", f"{WATCHLIST}/t003")
    edits = [{"kind": "genre", "value": "Genre 1", "edit": "more"}]
    for body in ({"edits": edits, "history": "paused"}, {"history": "running"}):
        assert other.call("PATCH", "/api/user/taste", json=body).status_code == 200
    other.call("DELETE", "/api/user/history/t002")
    wanted = {"event", "history", "made_page", "profile", "taste_edit", "taste_kept", "taste_pause"}

    def there() -> bool:
        other.get(HOME)  # a page that lacks a part, as on a busy machine, is not written down
        return wanted <= tables_with(shared_database, other)

    assert until(there), wanted - tables_with(shared_database, other)
    return other


def tables_with(database: str, person: Person) -> set[str]:
    """Every table of which some row says the viewer's id, whatever the column."""
    with psycopg.connect(database) as connection:
        tables = connection.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND NOT relispartition AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        return {
            table
            for (table,) in tables
            if connection.execute(
                f"SELECT FROM {table} AS t WHERE row_to_json(t)::text LIKE %s LIMIT 1",
                (f"%{person.viewer}%",),
            ).rowcount
        }


def delete(person: Person, viewer: str | None) -> None:
    answer = person.call("DELETE", f"{PROFILES}/{viewer}")
    assert answer.status_code == 204, answer.text


def test_a_deleted_profile_is_gone_from_every_table_but_for_its_name(
    anna: Person, other: Person, shared_database: str
) -> None:
    delete(anna, other.viewer)
    assert tables_with(shared_database, other) == {"viewer"}
    with psycopg.connect(shared_database) as connection:
        row = connection.execute(
            "SELECT consent, region, maximum_age, kids FROM viewer WHERE viewer_id = %s",
            (other.viewer,),
        ).fetchone()
    assert row == (False, None, 0, False)
    assert [one["profileId"] for one in anna.get(PROFILE)["profiles"]] == [anna.viewer]
    answer = anna.call("DELETE", f"{PROFILES}/{other.viewer}")
    assert refusal(answer) == (404, "unknown-profile")


def test_its_token_is_good_for_nothing_of_the_account_and_shows_what_is_for_everyone(
    anna: Person, other: Person
) -> None:
    assert ADULT & set(shown(other.get(HOME)))
    delete(anna, other.viewer)
    for path in (PROFILE, WATCHLIST, "/api/user/history", "/api/subscription/status"):
        assert refusal(other.call("GET", path)) == (403, "not-allowed")
    page = other.get(HOME)
    assert not ADULT & set(shown(page))
    assert "because-t001" not in {row["rowId"] for row in page["rows"]}


def test_what_is_still_sent_in_its_name_is_not_kept(
    anna: Person, other: Person, shared_database: str
) -> None:
    delete(anna, other.viewer)
    assert other.viewer is not None
    answer = other.call("POST", "/api/analytics/event", json=event(other.viewer, "t001"))
    assert (answer.status_code, answer.json()["duplicates"]) == (202, 1)
    assert not {"event", "history"} & tables_with(shared_database, other)


def test_what_was_being_written_meanwhile_is_found_and_taken_out(
    anna: Person, other: Person, shared_database: str
) -> None:
    delete(anna, other.viewer)
    row: dict[str, Any] = {"id": str(uuid4()), "viewer": other.viewer}
    with psycopg.connect(shared_database) as connection:
        connection.execute(
            "INSERT INTO event (event_id, event_type, viewer_id, title_id, occurred_at) "
            "VALUES (%(id)s, 'complete', %(viewer)s, 't001', '2024-03-01')",
            row,
        )
    assert until(lambda: tables_with(shared_database, other) == {"viewer"})


def test_the_place_of_a_deleted_profile_is_free_again(anna: Person) -> None:
    made = [anna.add(name=f"P{at}").json()["profileId"] for at in range(4)]
    assert anna.add().status_code == 409
    delete(anna, made[1])
    assert anna.add(name="Later").status_code == 201
    names = [one["name"] for one in anna.get(PROFILE)["profiles"]]
    assert names == ["Profile 1", "P0", "Later", "P2", "P3"]
