"""The dashboard for operators, in a real browser."""

import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE, brightness, complaints_of
from tests.service import Service, get

pytestmark = pytest.mark.service


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """The dashboard, logged in; nothing may have been complained of at the end."""
    context = browser.new_context()
    page = context.new_page()
    complaints = complaints_of(page)
    log_in(page, service)
    yield page
    context.close()
    assert complaints == []


def log_in(page: Page, service: Service, key: str = "admin") -> None:
    page.goto(f"{service.url}/admin")
    page.get_by_label("Key").fill(service.keys[key])
    page.keyboard.press("Enter")
    if key == "admin":
        expect(page.locator("#state")).to_have_text("ready")


def test_key_is_asked_for_and_forgotten(browser: Browser, service: Service) -> None:
    context = browser.new_context()
    page = context.new_page()
    log_in(page, service, "execute")
    expect(page.get_by_role("alert")).to_contain_text("lacks the scope 'admin'")
    expect(page.locator("#board")).to_be_hidden()
    page.get_by_label("Key").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not known")
    log_in(page, service)
    page.reload()  # it is kept for this tab
    expect(page.locator("#state")).to_have_text("ready")
    assert page.evaluate("localStorage.length") == 0
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#board")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    expect(page.get_by_label("Key")).to_be_focused()
    context.close()


def test_it_shows_what_happens(page: Page, service: Service) -> None:
    service.run("python", "print(1)")
    service.run("bash", "exit 3")
    before = {of["runtime"]: of for of in service.pool()["figures"]["runtimes"]}
    row = page.locator("#runtimes tr").filter(has=page.get_by_text("python", exact=True))
    executed = sum(ending["count"] for ending in before["python"]["executions"])
    expect(row.locator("td").nth(4)).to_have_text(str(executed))
    service.run("python", "print(1)")
    expect(row.locator("td").nth(4)).to_have_text(str(executed + 1))
    expect(row.locator("td").nth(1)).to_have_text(re.compile(r"(?!0/s)[0-9.]+/s"))  # just now
    expect(page.get_by_role("img", name=re.compile(r"Latency: median [\d.]+ m?s, 95 % [\d.]+ m?s"))).to_be_visible()
    expect(page.locator("#pools tr")).to_have_count(1 + len(service.pool()["pools"]))
    expect(page.locator("#processes tr")).to_have_count(3)
    assert page.locator("path.line-0").first.get_attribute("d") != ""


def test_what_runs_is_seen_while_it_does(page: Page, service: Service) -> None:
    running = page.locator("#tiles dd").first
    expect(running).to_have_text("0")
    program = threading.Thread(target=service.run, args=("bash", "sleep 4"))
    program.start()
    expect(running).to_have_text("1")
    program.join()
    expect(running).to_have_text("0")


def test_names_and_messages_are_text(page: Page) -> None:
    """What the service says is never markup."""
    page.evaluate("import('/admin/view.js').then(({ showFaults, showProblems }) => {"
                  " showProblems(['<img src=x onerror=alert(1)>']);"
                  " showFaults([{ at: '2026-11-28T10:00:00Z', message: '<b>bold</b>' }]) })")  # fmt: skip
    expect(page.locator("#problems")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#faults")).to_contain_text("<b>bold</b>")


def test_it_says_when_service_or_supervisor_are_gone_and_comes_back(browser: Browser, own_service: Service) -> None:
    context = browser.new_context()
    page = context.new_page()
    log_in(page, own_service)
    assert own_service.supervisor
    assert own_service.frontend
    state = page.locator("#state")
    own_service.supervisor.send_signal(signal.SIGTERM)
    own_service.supervisor.wait(30)
    expect(state).to_contain_text("supervisor away")
    expect(state).to_contain_text("what is shown is of")
    expect(page.locator("#board")).to_have_class("stale")
    own_service.start_supervisor()
    expect(state).to_have_text("ready", timeout=120_000)
    own_service.frontend.send_signal(signal.SIGTERM)
    own_service.frontend.wait(30)
    expect(state).to_contain_text("the service does not answer")
    own_service.start_frontend()
    expect(state).to_have_text("ready")
    expect(page.locator("#board")).not_to_have_class("stale")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_it_fits(page: Page, tmp_path: Path, scheme: str, size: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if size == "phone":
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    back, front = brightness(page)
    assert (back < front) == (scheme == "dark")
    page.screenshot(path=tmp_path / "page.png", full_page=True)


def test_policy_is_strict(service: Service) -> None:
    response = get(f"{service.url}/admin")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"<style|<script(?! type=\"module\" src=)| on\w+=| style=", response.text)
    for name, kind in (("main.js", "text/javascript"), ("style.css", "text/css")):
        assert get(f"{service.url}/admin/{name}").headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert get(f"{service.url}/admin/nothing.js").status_code == 404


def test_quantile_is_that_of_the_command(page: Page) -> None:
    ask = "([counts, part]) => import('/admin/history.js').then((h) => h.quantile(counts, [1, 2, 4], part))"
    told = [([0, 0, 0, 0], 0.5), ([1, 0, 0, 0], 0.5), ([1, 1, 0, 0], 0.5), ([3, 0, 1, 0], 1), ([0, 0, 0, 1], 0.5)]
    assert [page.evaluate(ask, case) for case in told] == [None, 0.5, 1, 4, 4]
