"""An account comes with the first token of it; its profiles are five at most, and its own alone."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.serving.accounts.people import PIN, PROFILE, PROFILES, Person, refusal, somebody
from tests.serving.conftest import TokenFor, bearer


@pytest.fixture
def anna(client: httpx.Client, token_for: TokenFor) -> Person:
    return somebody(client, token_for)


@pytest.fixture
def bert(client: httpx.Client, token_for: TokenFor) -> Person:
    return somebody(client, token_for)


def test_an_account_is_made_with_its_profile_at_the_first_call(anna: Person) -> None:
    account = anna.get(PROFILE)
    assert (account["accountId"], account["hasPin"]) == (anna.account, False)
    assert account["profiles"] == [
        {
            "profileId": anna.viewer,
            "name": "Profile 1",
            "kids": False,
            "maximumAge": None,
            "languages": [],
            "autoplay": True,
            "consent": False,
            "region": None,
            "current": True,
        }
    ]
    assert account["subscription"] == {"state": "none", "tier": None, "paidUntil": None}
    assert anna.get(PROFILE) == account


def test_calls_at_the_same_moment_make_one_account(anna: Person) -> None:
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: anna.get(PROFILE), range(8)))
    assert all(one == told[0] for one in told)


def test_what_an_ingest_knows_of_a_viewer_is_so_for_the_profile(
    client: httpx.Client, token_for: TokenFor
) -> None:
    child = Person(client, token_for, f"account-{uuid4().hex}", "v000")
    profile = child.profile()
    assert (profile["maximumAge"], profile["consent"], profile["region"]) == (7, True, "DE")


def test_a_token_without_a_profile_is_of_an_account_alone(anna: Person) -> None:
    whole = Person(anna.client, anna.token_for, anna.account, None)
    assert whole.get(PROFILE)["profiles"] == []
    assert refusal(whole.prefer(autoplay=False)) == (403, "not-allowed")
    assert whole.add().status_code == 201


@pytest.mark.parametrize("scopes", ["service", "staff"])
def test_who_is_no_viewer_has_no_account(
    client: httpx.Client, token_for: TokenFor, scopes: str
) -> None:
    answer = client.get(PROFILE, headers=bearer(token_for("v001", scopes)))
    assert refusal(answer) == (403, "not-allowed")


def test_without_a_token_nothing_is_told(client: httpx.Client) -> None:
    assert refusal(client.get(PROFILE)) == (401, "not-authenticated")


def test_another_accounts_profile_is_nobody_elses(anna: Person, bert: Person) -> None:
    anna.get(PROFILE)
    thief = Person(bert.client, bert.token_for, bert.account, anna.viewer)
    assert refusal(thief.call("GET", PROFILE)) == (403, "not-allowed")
    for method in ("PATCH", "DELETE"):
        body = {"json": {"name": "Mine"}} if method == "PATCH" else {}
        answer = bert.call(method, f"{PROFILES}/{anna.viewer}", **body)
        assert refusal(answer) == (404, "unknown-profile")
    assert anna.profile()["name"] == "Profile 1"


def test_an_account_has_five_profiles_at_most_whoever_asks_at_once(anna: Person) -> None:
    anna.get(PROFILE)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda at: anna.add(name=f"P{at}"), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [409] * 4
    assert len(anna.get(PROFILE)["profiles"]) == 5
    sixth = anna.on(f"viewer-{uuid4().hex}")
    assert refusal(sixth.call("GET", PROFILE)) == (403, "not-allowed")


def test_a_profile_is_what_was_said_of_it_and_is_changed_in_part(anna: Person) -> None:
    said = {"name": "Ida", "kids": True, "maximumAge": 7, "languages": ["nb"], "autoplay": False}
    made = anna.add(**said, region="FR").json()
    assert {name: made[name] for name in said} == said
    assert (made["region"], made["consent"], made["current"]) == ("FR", False, False)
    path = f"{PROFILES}/{made['profileId']}"
    changed = anna.call("PATCH", path, json={"name": "Ida Marie", "languages": ["nb", "en"]})
    assert changed.json() == made | {"name": "Ida Marie", "languages": ["nb", "en"]}
    assert anna.call("PATCH", path, json={}).json() == changed.json()


def test_a_new_profile_is_where_the_account_is(client: httpx.Client, token_for: TokenFor) -> None:
    french = Person(client, token_for, f"account-{uuid4().hex}", "v001")
    assert french.add().json()["region"] == "FR"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"name": "a\u0000b"}, "name"),
        ({"name": "Ida", "kids": True}, "maximumAge"),
        ({"name": "Ida", "kids": True, "maximumAge": 13}, "maximumAge"),
        ({"name": "Ida", "maximumAge": -1}, "maximumAge"),
        ({"name": "Ida", "maximumAge": 7.5}, "maximumAge"),
        ({"name": "Ida", "languages": ["norsk"]}, "languages.0"),
        ({"name": "Ida", "languages": ["nb", "nb"]}, "languages"),
        ({"name": "Ida", "languages": ["nb"] * 11}, "languages"),
        ({"name": "Ida", "autoplay": "yes"}, "autoplay"),
        ({"name": "Ida", "consent": None}, "consent"),
        ({"name": "Ida", "colour": "red"}, "colour"),
    ],
)
def test_a_profile_that_cannot_be_is_refused_by_the_field(
    anna: Person, body: dict[str, object], field: str
) -> None:
    answer = anna.call("POST", PROFILES, json=body)
    assert refusal(answer) == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"parental": None}, "parental"),
        ({"parental": {"kids": None}}, "parental.kids"),
        ({"parental": {"maximumAge": 121}}, "parental.maximumAge"),
        ({"languages": None}, "languages"),
        ({"maximumAge": 7}, "maximumAge"),
        ([], "body"),
    ],
)
def test_preferences_that_say_nothing_sensible_are_refused_by_the_field(
    anna: Person, body: object, field: str
) -> None:
    answer = anna.call("PUT", "/api/user/preferences", json=body)
    assert refusal(answer) == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == field


def test_the_last_profile_stays(anna: Person) -> None:
    anna.get(PROFILE)
    answer = anna.call("DELETE", f"{PROFILES}/{anna.viewer}")
    assert refusal(answer) == (409, "conflict")


def test_the_database_itself_keeps_to_the_rules(shared_database: str, anna: Person) -> None:
    child = anna.child()
    with psycopg.connect(shared_database, autocommit=True) as connection:
        for statement in (
            "UPDATE viewer SET maximum_age = NULL WHERE viewer_id = %s",
            "UPDATE viewer SET maximum_age = 16 WHERE viewer_id = %s",
            "UPDATE viewer SET erased_at = now() WHERE viewer_id = %s",
            "UPDATE profile SET place = 6 WHERE viewer_id = %s",
            "UPDATE profile SET account_id = 'nobody' WHERE viewer_id = %s",
            "DELETE FROM viewer WHERE viewer_id = %s",
        ):
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(statement, (child.viewer,))


def test_pin_is_kept_as_nothing_that_tells_it(shared_database: str, anna: Person) -> None:
    assert anna.prefer(parental={"newPin": PIN}).status_code == 200
    with psycopg.connect(shared_database) as connection:
        row = connection.execute(
            "SELECT row_to_json(account)::text FROM account WHERE account_id = %s", (anna.account,)
        ).fetchone()
    assert row is not None
    assert PIN not in row[0].replace(anna.account, "")
