"""A real browser for the tests of pages, and what it complains of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Root has no sandbox for it, and here are only our own pages.
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip
PHONE = {"width": 390, "height": 844}


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium, as it is installed on this host."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, f"the tests of pages need a browser: one of {', '.join(BROWSERS)}"
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield chromium
        chromium.close()


def complaints_of(page: Page) -> list[str]:
    """What the page's console will say that is none of its own doing, as it comes."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def brightness(page: Page) -> tuple[int, int]:
    """Of what is behind and of what is written, from 0 to 765."""
    back, front = (
        page.evaluate(f"getComputedStyle(document.body).{what}.match(/\\d+/g).map(Number)") for what in ("backgroundColor", "color")
    )  # fmt: skip
    return sum(back[:3]), sum(front[:3])
