"""Who needs no token: programs of this machine, where no other reaches it, unless it was said otherwise."""

import pytest

from recsys.settings import Settings
from serving.identity.openness import Openness


def opens(
    host: str = "127.0.0.1:8000", *, local: bool = True, said: bool | None = None, **headers: str
) -> bool:
    sent = [(b"host", host.encode())]
    sent += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Openness(Settings(open_access=said), local=local).to({"headers": sent})


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.2:1", "[::1]:8000"])
def test_this_machine_is_let_in_under_its_own_names(host: str) -> None:
    assert opens(host)


@pytest.mark.parametrize(
    "host", ["tv.example", "localhost.example", "10.0.0.1:8000", "", "[::1", "127.0.0.1.example"]
)
def test_who_comes_under_another_name_needs_a_token(host: str) -> None:
    assert not opens(host)


@pytest.mark.parametrize("name", ["forwarded", "x_forwarded_for", "x_real_ip", "via"])
def test_what_a_proxy_passes_on_needs_a_token(name: str) -> None:
    assert not opens(**{name: "192.0.2.1"})
    assert opens(said=True, **{name: "192.0.2.1"})


def test_a_replica_that_others_reach_is_closed() -> None:
    assert not opens(local=False)


def test_a_setting_says_it_for_all_names() -> None:
    assert opens("tv.example", local=False, said=True)
    assert not opens(said=False)


def test_a_page_of_another_site_is_never_the_backend() -> None:
    for said in (None, True):
        assert not opens(said=said, sec_fetch_site="cross-site")
        assert opens(said=said, sec_fetch_site="same-origin")
