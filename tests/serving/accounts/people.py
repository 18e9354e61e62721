"""Somebody with a token, who calls."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx

from tests.serving.conftest import TokenFor, bearer, event

PROFILE, PREFERENCES, PROFILES = "/api/user/profile", "/api/user/preferences", "/api/user/profiles"
WATCHLIST, HISTORY = "/api/user/watchlist", "/api/user/history"
PIN = "4711"


@dataclass(frozen=True)
class Person:
    """One profile of an account."""

    client: httpx.Client
    token_for: TokenFor
    account: str
    viewer: str | None

    def call(self, method: str, path: str, *, pin: str | None = None, **how: Any) -> httpx.Response:
        headers = bearer(self.token_for(self.viewer, account=self.account))
        headers |= {} if pin is None else {"Parental-Pin": pin}
        return self.client.request(method, path, headers=headers | how.pop("headers", {}), **how)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def profile(self) -> dict[str, Any]:
        """What is told of this profile."""
        return next(one for one in self.get(PROFILE)["profiles"] if one["current"])

    def prefer(self, *, pin: str | None = None, **said: Any) -> httpx.Response:
        return self.call("PUT", PREFERENCES, pin=pin, json=said)

    def limit(self, age: int | None, *, pin: str | None = None, **more: Any) -> httpx.Response:
        return self.prefer(pin=pin, parental={"maximumAge": age, **more})

    def add(self, *, pin: str | None = None, **said: Any) -> httpx.Response:
        return self.call("POST", PROFILES, pin=pin, json={"name": "Another", **said})

    def child(self, age: int = 7) -> "Person":
        """A new kids' profile of the account."""
        answer = self.add(kids=True, maximumAge=age, pin=PIN if self.has_pin() else None)
        assert answer.status_code == 201, answer.text
        return self.on(answer.json()["profileId"])

    def has_pin(self) -> bool:
        return bool(self.get(PROFILE)["hasPin"])

    def on(self, viewer: str) -> "Person":
        """The same account, on another profile."""
        return replace(self, viewer=viewer)

    def did(self, *events: tuple[str, str], **more: Any) -> None:
        """Let it do something with titles."""
        assert self.viewer is not None
        sent = [event(self.viewer, title, kind, **more) for kind, title in events]
        answer = self.call("POST", "/api/analytics/event", json=sent)
        assert answer.status_code == 202, answer.text

    def watched(self, *titles: str) -> None:
        self.did(*(("complete", title) for title in titles), watchedPortion=1.0)


def somebody(client: httpx.Client, token_for: TokenFor) -> Person:
    """A person of whom nothing is known yet."""
    name = uuid4().hex[:10]
    return Person(client, token_for, f"account-{name}", f"viewer-{name}")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", maxsplit=1)[-1]
