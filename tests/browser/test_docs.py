"""The page at ``/docs``: every call can be filled in and sent, with a token or without."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.serving.conftest import TokenFor


@pytest.fixture
def docs(browser: Browser, address: str) -> Iterator[Page]:
    """The page; whatever breaks in it fails the test."""
    broken: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{address}/docs")
    expect(page.locator(".operation").first).to_be_visible()
    yield page
    context.close()
    assert broken == []


def opened(docs: Page, method: str, path: str) -> Locator:
    """A call, unfolded and ready to be filled in."""
    code = docs.get_by_text(path, exact=True)
    name = docs.locator(".method", has_text=method.upper())
    operation = docs.locator(".operation").filter(has=code).filter(has=name)
    operation.locator("summary").first.click()
    expect(operation.get_by_role("button", name="Send")).to_be_visible()
    return operation


def sent(operation: Locator) -> Any:
    """Send it, and give what the page shows of the answer's body."""
    operation.get_by_role("button", name="Send").click()
    return json.loads(operation.locator(".answer pre").inner_text())


def sign_in(docs: Page, token: str) -> None:
    docs.get_by_label("Token").fill(token)
    docs.get_by_role("button", name="Use it").click()


def test_every_call_of_the_description_is_there(docs: Page, client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert docs.locator(".operation").count() == sum(map(len, paths.values()))


def test_without_a_token_the_refusal_is_shown(docs: Page) -> None:
    operation = opened(docs, "GET", "/api/user/profile")
    assert sent(operation)["type"] == "/problems/not-authenticated"
    expect(operation.locator(".status")).to_contain_text("401")


def test_with_a_token_the_answer_is_that_viewers(docs: Page, token_for: TokenFor) -> None:
    token = token_for("v030", account="docs-1")
    sign_in(docs, token)
    expect(docs.locator("#bearer")).to_contain_text("v030")
    operation = opened(docs, "GET", "/api/user/profile")
    account = sent(operation)
    assert (account["accountId"], account["profiles"][0]["profileId"]) == ("docs-1", "v030")
    expect(operation.locator(".status")).to_contain_text("200")
    expect(operation.locator(".answer dt", has_text="X-Request-ID")).to_be_visible()
    assert docs.evaluate("Object.values(sessionStorage)") == [token]
    assert docs.evaluate("localStorage.length") == 0


def test_a_token_that_is_forgotten_is_not_sent(docs: Page, token_for: TokenFor) -> None:
    sign_in(docs, token_for("v030", account="docs-1"))
    docs.get_by_role("button", name="Forget it").click()
    sent(operation := opened(docs, "GET", "/api/user/profile"))
    expect(operation.locator(".status")).to_contain_text("401")
    assert docs.evaluate("sessionStorage.length") == 0


def test_what_is_filled_in_is_asked_for_and_stands_in_the_line_to_copy(docs: Page) -> None:
    operation = opened(docs, "GET", "/api/recommendations")
    operation.get_by_label("viewerId").fill("v031")
    operation.get_by_label("algorithm").select_option("content-based")
    operation.get_by_label("limit").fill("3")
    operation.get_by_label("filter").fill('genre = "Genre 1"')
    items = sent(operation)["items"]
    assert [item["genres"] for item in items] == [["Genre 1"]] * 3
    line = operation.locator(".curl").inner_text()
    assert line.startswith("curl 'http://127.0.0.1:")
    assert "algorithm=content-based&limit=3" in line


def test_an_example_can_be_sent_as_it_stands(docs: Page, token_for: TokenFor) -> None:
    sign_in(docs, token_for("v032", account="docs-2"))
    operation = opened(docs, "POST", "/api/user/watchlist/{contentId}")
    saved = sent(operation)
    assert saved["contentId"] == operation.get_by_label("contentId").input_value()
    event = opened(docs, "POST", "/api/analytics/event")
    assert json.loads(event.get_by_label("Body").input_value())["viewerId"] == "v032"
    assert sent(event)["accepted"] == 1


def test_a_page_asked_for_by_its_tag_has_not_changed(docs: Page) -> None:
    operation = opened(docs, "GET", "/api/content/categories")
    sent(operation)
    tag = operation.locator("dt", has_text="ETag").locator("+ dd").inner_text()
    operation.get_by_label("If-None-Match").fill(tag)
    operation.get_by_role("button", name="Send").click()
    expect(operation.locator(".status")).to_contain_text("304")


def test_calls_are_found_by_their_words(docs: Page) -> None:
    docs.get_by_label("Find a call").fill("takedown")
    expect(docs.locator(".operation:visible")).to_have_count(3)
