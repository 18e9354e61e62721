"""The page tells what it showed and what was opened, with what a model needs to learn from it."""

from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from psycopg.rows import dict_row

from tests.serving.conftest import until

EVENTS = "SELECT * FROM event WHERE viewer_id = %s AND event_type = %s"


def told(database: str, viewer: str, kind: str) -> list[dict[str, Any]]:
    with psycopg.connect(database, row_factory=dict_row) as connection:
        return connection.execute(EVENTS, (viewer, kind)).fetchall()


@pytest.fixture
def watcher(browser: Browser, address: str) -> Any:
    """Opens the page of a viewer of whom nothing was told yet."""
    context = browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")

    def look(viewer: str) -> Page:
        page = context.new_page()
        page.goto(f"{address}/#{viewer}")
        page.wait_for_selector("#page:not(.loading) .card")
        return page

    yield look
    context.close()


IN_SIGHT = """cards => cards.filter(card => {
    const { top, bottom, left, right } = card.getBoundingClientRect();
    const strip = card.parentElement.getBoundingClientRect();
    const wide = Math.min(right, innerWidth, strip.right) - Math.max(left, 0, strip.left);
    const high = Math.min(bottom, innerHeight) - Math.max(top, 0);
    return wide > 0 && high > 0 && wide * high > 0.6 * (right - left) * (bottom - top);
}).map(card => card.dataset.content)"""


def test_cards_in_sight_are_told_and_none_below(watcher: Any, shared_database: str) -> None:
    page = watcher("v020")
    in_sight = set(page.eval_on_selector_all("#page .card", IN_SIGHT))
    everything = page.locator("#page .card").count()
    assert until(
        lambda: {one["title_id"] for one in told(shared_database, "v020", "impression")} >= in_sight
    )
    impressions = told(shared_database, "v020", "impression")
    assert len(impressions) == len({one["title_id"] for one in impressions}) < everything
    for one in impressions:
        assert one["recommendation_id"]
        assert one["bundle_id"]
        assert one["row_id"]
        assert one["row_rank"] >= 0
        assert one["item_rank"] >= 0
        assert one["source"]
        assert one["propensity"] == 1.0
    assert {one["recommendation_id"] for one in impressions} == {
        impressions[0]["recommendation_id"]
    }


def test_a_card_that_is_opened_is_a_click_from_its_place(
    watcher: Any, shared_database: str
) -> None:
    page = watcher("v021")
    card = page.locator("#page .row").first.locator(".card").nth(1)
    title = card.get_attribute("data-content")
    card.locator(".open").click()
    expect(page.get_by_role("dialog").locator(".card").first).to_be_visible()
    assert until(lambda: bool(told(shared_database, "v021", "click")))
    (click,) = told(shared_database, "v021", "click")
    assert (click["title_id"], click["row_rank"], click["item_rank"]) == (title, 0, 1)
    assert click["source"]


def test_what_was_not_told_yet_is_told_when_the_page_is_left(
    watcher: Any, shared_database: str
) -> None:
    page = watcher("v022")
    page.locator("#page .card .open").first.click()
    page.close(run_before_unload=True)
    assert until(lambda: bool(told(shared_database, "v022", "click")))
