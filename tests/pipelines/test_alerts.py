"""An alert arrives at a receiver that is there, again where it was busy, and a night outlives one that is not."""

import socket

import pytest
from pydantic import SecretStr

from pipelines.alerts import Alert, send
from recsys.errors import ConfigError
from recsys.settings import Settings
from tests.pipelines.receivers import receiver

ALERT = Alert(
    kind="refused", store="demo", model="hybrid", night="2026-07-30", lines=("one", "two")
)
SOON = (0.0, 0.0)


def test_an_alert_is_one_post_of_json() -> None:
    with receiver() as server:
        assert send(ALERT, server.url, waits=SOON) == "told: 2 lines"
    assert server.bodies == [
        {
            "kind": "refused",
            "store": "demo",
            "model": "hybrid",
            "night": "2026-07-30",
            "lines": ["one", "two"],
            "record": None,
        }
    ]
    assert server.heads[0]["Content-Type"] == "application/json"


def test_a_receiver_that_is_busy_is_told_again() -> None:
    with receiver(503, 429, 200) as server:
        assert send(ALERT, server.url, waits=SOON) == "told: 2 lines"
    assert len(server.bodies) == 3


def test_a_receiver_that_stays_broken_is_left_after_the_last_attempt() -> None:
    with receiver(500, 500, 500, 200) as server:
        assert send(ALERT, server.url, waits=SOON) == "not told: the receiver answered 500"
    assert len(server.bodies) == 3


def test_a_receiver_that_refuses_is_not_asked_again() -> None:
    with receiver(404, 200) as server:
        assert send(ALERT, server.url, waits=SOON) == "not told: the receiver answered 404"
    assert len(server.bodies) == 1


def test_nobody_there_is_said_without_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = send(ALERT, SecretStr(f"http://127.0.0.1:{port}/secret-word"), waits=SOON)
    assert said == "not told: the receiver cannot be reached (ConnectionRefusedError)"


def test_a_receiver_that_never_answers_holds_nobody_up() -> None:
    with receiver(slow=0.5) as server:
        said = send(ALERT, server.url, timeout=0.05, waits=())
    assert said.startswith("not told: the receiver cannot be reached")


def test_an_address_that_is_none_is_said_without_it() -> None:
    said = send(ALERT, SecretStr("http://[secret-word/"), waits=())
    assert said == "not told: the receiver cannot be reached (ValueError)"


def test_the_setting_takes_addresses_alone_and_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECSYS_ALERT_URL", "https://hooks.example/secret-word")
    assert "secret-word" not in f"{Settings()!r}{Settings()}{Settings().model_dump()}"
    monkeypatch.setenv("RECSYS_ALERT_URL", "ftp://hooks.example/secret-word")
    with pytest.raises(ConfigError, match="an address, http or https") as told:
        Settings()
    assert "secret-word" not in str(told.value)
