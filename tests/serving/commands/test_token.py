"""``recsys token``: one command, and the API can be tried."""

import subprocess
from pathlib import Path

import httpx
import jwt

from recsys.cli import REFUSED
from tests.serving.conftest import bearer
from tests.serving.replica_process import RECSYS


def printed(*arguments: str) -> str:
    done = subprocess.run([RECSYS, "token", *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    return done.stdout.strip()


def test_its_token_opens_what_is_the_viewers(client: httpx.Client, store: Path) -> None:
    token = printed("--store", str(store), "--viewer", "v003")
    for viewer_id, status in (("v003", 200), ("v004", 403)):
        answer = client.get(
            "/api/user/taste", params={"viewerId": viewer_id}, headers=bearer(token)
        )
        assert answer.status_code == status


def test_it_says_what_was_asked_for(tmp_path: Path) -> None:
    place = ("--store", str(tmp_path))
    scopes = ("--scope", "staff", "--scope", "service")
    token = printed(*place, "--account", "anna", *scopes, "--minutes", "5")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["scope"]) == ("anna", "staff service")
    assert claims["exp"] - claims["iat"] == 5 * 60
    assert "profile" not in claims


def test_a_new_key_is_the_one_that_anybody_is_told_of(client: httpx.Client, store: Path) -> None:
    old = printed("--store", str(store), "--viewer", "v003")
    new = printed("--store", str(store), "--rotate")
    answer = client.get("/.well-known/jwks.json")
    kids = [key["kid"] for key in answer.json()["keys"]]
    assert kids[-1] == new
    assert jwt.get_unverified_header(old)["kid"] in kids
    assert "max-age" in answer.headers["cache-control"]
    home = client.get("/api/recommendations/home", headers=bearer(old))
    assert home.status_code == 200


def test_what_cannot_be_is_refused_in_a_line(tmp_path: Path) -> None:
    for wrong in (["--minutes", "0"], ["--viewer", "v1", "--scope", "staff"]):
        done = subprocess.run(
            [RECSYS, "token", "--store", tmp_path, *wrong],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == REFUSED
        assert done.stderr.startswith("recsys: ")
        assert not done.stdout
