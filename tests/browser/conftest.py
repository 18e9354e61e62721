"""A real browser on a real replica."""

import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serving.conftest import client, postgres, registry, shared_database, store, token_for

__all__ = ["client", "postgres", "registry", "shared_database", "store", "token_for"]

# A busy machine is slow and not wrong.
expect.set_options(timeout=30_000)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file: its driver holds the thread's event loop, which later tests need."""
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    if installed is None:
        pytest.skip(f"no Chromium is installed; looked for {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(client: httpx.Client) -> str:
    """Where the small world is served."""
    return str(client.base_url).rstrip("/")


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The homepage of a viewer with a history; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/#v005")
    page.wait_for_selector("#page:not(.loading) .card")
    yield page
    context.close()
    assert complaints == []
