"""The page at ``/``: a viewer's rows with artwork, and a click that changes them."""

from playwright.sync_api import Locator, Page, expect

from tests.serving.conftest import until


def titles(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        "#page .card", "cards => cards.map(one => one.dataset.content)"
    )


def test_rows_show_every_title_once_and_each_with_a_poster(page: Page) -> None:
    expect(page.locator("#row-0")).to_have_text("Top picks for you")
    shown = titles(page)
    assert len(shown) == len(set(shown)) > 10
    posters = page.locator("#page .card .poster")
    drawn, artwork = posters.locator(".drawn"), posters.locator("img")
    assert drawn.count() + artwork.count() == len(shown)
    assert drawn.count() > 0  # the small world has artwork for every other title
    artwork.first.scroll_into_view_if_needed()
    assert until(lambda: artwork.first.evaluate("image => image.naturalWidth") > 0)
    expect(drawn.first.locator(".drawn-name")).to_contain_text("Story")


def test_a_title_that_was_watched_leaves_and_gets_a_row_of_its_own(page: Page) -> None:
    card = page.locator("#page .card").first
    watched = card.get_attribute("data-content")
    name = card.locator(".name").inner_text()
    card.hover()
    card.get_by_role("button", name="I watched").click()
    expect(page.locator("#toast")).to_contain_text(f"You watched {name}")
    expect(page.get_by_role("heading", name=f"Because you watched {name}")).to_be_visible()
    assert watched not in titles(page)
    page.reload()
    page.wait_for_selector("#page:not(.loading) .card")
    assert watched not in titles(page)


def test_a_title_opens_with_what_is_like_it(page: Page) -> None:
    first = page.locator("#page .card").first
    name = first.locator(".name").inner_text()
    first.locator(".open").click()
    overlay = page.get_by_role("dialog")
    expect(overlay.get_by_role("heading", name=name)).to_be_visible()
    expect(overlay.locator(".card")).to_have_count(12)
    other = overlay.locator(".card").first
    like_it = other.locator(".name").inner_text()
    other.locator(".open").click()
    expect(overlay.locator("#details-name")).to_have_text(like_it)
    page.keyboard.press("Escape")
    expect(overlay).to_be_hidden()


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.locator("#page .card .open").first.focus()
    page.keyboard.press("ArrowRight")
    second = page.locator("#page .row").first.locator(".card").nth(1).locator(".open")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(
        page.locator("#page .row").nth(1).locator(".card").nth(1).locator(".open")
    ).to_be_focused()
    page.keyboard.press("Enter")
    overlay = page.get_by_role("dialog")
    expect(overlay).to_be_visible()
    overlay.get_by_role("button", name="I watched this").focus()
    page.keyboard.press("Enter")
    expect(overlay).to_be_hidden()
    expect(page.locator("#toast")).to_contain_text("You watched")


def test_another_viewer_has_another_page_and_a_new_one_the_newcomers(page: Page) -> None:
    mine = titles(page)
    page.get_by_label("Viewer", exact=True).fill("v006")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('#')[0]}#v006")
    expect(page.locator("#page:not(.loading) .card").first).not_to_have_attribute(
        "data-content", mine[0]
    )
    page.get_by_role("button", name="New viewer").click()
    expect(page.locator("#row-0")).to_have_text("Trending now")


def test_one_kind_of_model_can_be_looked_at_alone(page: Page) -> None:
    page.get_by_role("button", name="Content-based").click()
    expect(page.locator("#row-0")).to_have_text("Picked for you")
    shown = titles(page)
    assert len(shown) == len(set(shown)) > 10


def test_a_newcomer_picks_titles_and_gets_a_page_of_their_kind(page: Page) -> None:
    page.get_by_role("button", name="New viewer").click()
    picker = page.locator(".picker")
    expect(picker.get_by_role("heading")).to_have_text("What do you like?")
    show = picker.locator(".show-page")
    expect(show).to_be_disabled()
    offered = picker.locator("li")
    assert offered.count() > 6
    of_a_kind = [at for at in range(offered.count()) if kind(offered.nth(at)) == 1][:3]
    for at in of_a_kind:
        offered.nth(at).locator(".pick").click()
    offered.nth(of_a_kind[0]).locator(".pick").click()  # on second thoughts, not this one
    expect(show).to_have_text(f"Show my page · {len(of_a_kind) - 1} picked")
    show.click()
    expect(page.locator("#row-0")).to_have_text("Top picks for you")
    expect(picker).to_have_count(0)
    first = page.locator("#page .row").first.locator(".card")
    kinds = [kind(first.nth(at)) for at in range(4)]
    assert kinds.count(1) >= 3


def kind(card: Locator) -> int:
    """The taste of a title, by its number."""
    number = card.get_attribute("data-content") or card.get_attribute("data-pick") or ""
    return int(number.removeprefix("t")) % 3
