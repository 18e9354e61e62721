"""What only the PIN opens, and what becomes of who guesses."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from tests.serving.accounts.people import PIN, PROFILES, Person, refusal, somebody
from tests.serving.conftest import TokenFor

WRONG = (403, "wrong-pin")


@pytest.fixture
def anna(client: httpx.Client, token_for: TokenFor) -> Person:
    """An account with a PIN."""
    person = somebody(client, token_for)
    assert person.prefer(parental={"newPin": PIN}).status_code == 200
    return person


@pytest.fixture
def ida(anna: Person) -> Person:
    return anna.child(7)


def test_a_limit_comes_down_without_the_pin_and_rises_with_it(anna: Person) -> None:
    assert anna.limit(16).json()["maximumAge"] == 16
    assert anna.limit(12).json()["maximumAge"] == 12
    for age in (13, None):
        assert refusal(anna.limit(age)) == WRONG
        assert refusal(anna.limit(age, pin="0000")) == WRONG
    assert anna.profile()["maximumAge"] == 12
    assert anna.limit(None, pin=PIN).json()["maximumAge"] is None


def test_kids_are_left_with_the_pin_alone(ida: Person) -> None:
    assert refusal(ida.limit(7, kids=False)) == WRONG
    assert ida.profile()["kids"]
    assert not ida.limit(7, kids=False, pin=PIN).json()["kids"]


@pytest.mark.parametrize("age", [13, None])
def test_a_kids_profile_never_has_more_than_kids_see(ida: Person, age: int | None) -> None:
    answer = ida.limit(age, pin=PIN)
    assert refusal(answer) == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == "parental.maximumAge"


def test_from_another_profile_a_limit_only_comes_down(anna: Person, ida: Person) -> None:
    path = f"{PROFILES}/{ida.viewer}"
    for age in (8, None):
        for pin in (None, PIN):
            answer = anna.call("PATCH", path, json={"maximumAge": age}, pin=pin)
            assert refusal(answer) == (403, "not-allowed")
    assert anna.call("PATCH", path, json={"maximumAge": 6}).json()["maximumAge"] == 6


def test_a_child_governs_nothing_without_the_pin(anna: Person, ida: Person) -> None:
    other = f"{PROFILES}/{anna.viewer}"
    tries: list[tuple[str, str, Any]] = [
        ("POST", PROFILES, {"name": "Free"}),
        ("PATCH", other, {"name": "Mum"}),
        ("DELETE", other, None),
        ("DELETE", f"{PROFILES}/{ida.viewer}", None),
        ("PUT", "/api/user/preferences", {"consent": True}),
        ("PUT", "/api/user/preferences", {"parental": {"newPin": "9999"}}),
        ("PUT", "/api/user/preferences", {"parental": {"newPin": None}}),
        ("PATCH", f"{PROFILES}/{ida.viewer}", {"consent": True}),
    ]
    for method, path, body in tries:
        how = {} if body is None else {"json": body}
        assert refusal(ida.call(method, path, **how)) == WRONG, (method, path)
    taste = ida.prefer(languages=["nb"], autoplay=False).json()
    assert (taste["languages"], taste["autoplay"]) == (["nb"], False)
    assert ida.call("POST", PROFILES, json={"name": "Free"}, pin=PIN).status_code == 201


def test_who_chose_no_profile_yet_governs_nothing_without_the_pin(
    anna: Person, ida: Person
) -> None:
    anybody = Person(anna.client, anna.token_for, anna.account, None)
    assert refusal(anybody.add(name="Free")) == WRONG
    for method, body in (("PATCH", {"name": "Mine"}), ("DELETE", None)):
        how = {} if body is None else {"json": body}
        assert refusal(anybody.call(method, f"{PROFILES}/{ida.viewer}", **how)) == WRONG
    assert anybody.add(name="Free", pin=PIN).status_code == 201


def test_a_child_of_an_account_without_a_pin_cannot_set_the_first(
    client: httpx.Client, token_for: TokenFor
) -> None:
    parent = somebody(client, token_for)
    child = parent.child()
    assert refusal(child.prefer(parental={"newPin": PIN})) == WRONG
    assert refusal(child.limit(12, pin=PIN)) == WRONG
    assert parent.prefer(parental={"newPin": PIN}).status_code == 200
    assert child.limit(12, pin=PIN).json()["maximumAge"] == 12


def test_nobody_locks_the_own_door_without_a_key(client: httpx.Client, token_for: TokenFor) -> None:
    person = somebody(client, token_for)
    answer = person.limit(12)
    assert refusal(answer) == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == "parental.newPin"
    assert person.profile()["maximumAge"] is None
    path = f"{PROFILES}/{person.viewer}"
    assert person.call("PATCH", path, json={"maximumAge": 12}).status_code == 422
    assert person.limit(12, newPin=PIN).json()["maximumAge"] == 12


def test_another_pin_needs_the_old_one(anna: Person) -> None:
    assert refusal(anna.prefer(parental={"newPin": "1234"})) == WRONG
    assert anna.prefer(parental={"newPin": "1234"}, pin=PIN).status_code == 200
    assert refusal(anna.prefer(parental={"newPin": None}, pin=PIN)) == WRONG
    assert anna.prefer(parental={"newPin": None}, pin="1234").status_code == 200
    assert not anna.has_pin()


@pytest.mark.parametrize("pin", ["12", "12345678901", "abcd", "\uff11\uff12\uff13\uff14"])
def test_what_is_no_pin_is_told(anna: Person, pin: str) -> None:
    answer = anna.prefer(parental={"newPin": pin}, pin=PIN)
    assert refusal(answer) == (422, "invalid-request")
    assert "four to eight digits" in answer.json()["detail"]


def test_who_guesses_waits_and_even_the_right_pin_waits_with_it(
    anna: Person, ida: Person, shared_database: str
) -> None:
    for guess in range(5):
        assert refusal(ida.limit(12, pin=f"000{guess}")) == WRONG
    locked = ida.limit(12, pin=PIN)
    assert refusal(locked) == (429, "pin-locked")
    assert 0 < int(locked.headers["retry-after"]) <= 30
    assert refusal(anna.prefer(parental={"newPin": None}, pin=PIN)) == (429, "pin-locked")
    assert ida.profile()["maximumAge"] == 7
    _pass_the_wait(shared_database, anna)
    assert refusal(ida.limit(12, pin="0009")) == WRONG
    again = ida.limit(12, pin=PIN)
    assert 30 < int(again.headers["retry-after"]) <= 60, "each further guess doubles the wait"
    _pass_the_wait(shared_database, anna)
    assert ida.limit(12, pin=PIN).json()["maximumAge"] == 12
    assert refusal(ida.limit(12, kids=False, pin="0000")) == WRONG, "the count began anew"


def test_guesses_at_the_same_moment_count_each(anna: Person, ida: Person) -> None:
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda at: ida.limit(12, pin=f"00{at:02}"), range(10)))
    assert sorted(answer.status_code for answer in answers) == [403] * 5 + [429] * 5


def _pass_the_wait(database: str, person: Person) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            "UPDATE account SET pin_locked_until = now() WHERE account_id = %s", (person.account,)
        )
