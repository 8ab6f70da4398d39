"""The playground, in a real browser, as somebody with a keyboard uses it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from runtimes.manifest import load_manifests, standard
from tests.browser import PHONE, brightness, complaints_of
from tests.service import Service, get
from tests.third_parties import run as run_command

pytestmark = pytest.mark.service

LANGUAGES = sorted({manifest.language for manifest in standard(load_manifests()).values()})
PACKAGE = Path(__file__).parents[2] / "frontend" / "playground"


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """The playground, with a key; nothing may have been complained of at the end."""
    context = browser.new_context()
    page = context.new_page()
    complaints = complaints_of(page)
    page.goto(service.url)
    page.evaluate("key => localStorage.setItem('runjail-key', key)", service.keys["execute"])
    expect(page.locator("body")).to_have_attribute("data-ready", "true")
    yield page
    context.close()
    assert complaints == []


def type_program(page: Page, code: str) -> None:
    """In place of what is there, without what the editor would add while it is typed."""
    editor = page.get_by_role("textbox", name="Program")
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def run(page: Page, status: str | re.Pattern[str]) -> str:
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text(status, timeout=60_000)
    return page.get_by_label("Output").text_content() or ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_sample_of_each_language(page: Page, language: str) -> None:
    page.get_by_label("Language").select_option(language)
    assert run(page, "done · exit code 0") == "Hello, world!\n"


def test_key_is_asked_for_once(browser: Browser, service: Service) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(service.url)
    expect(page.locator("body")).to_have_attribute("data-ready", "true")
    page.keyboard.press("Control+Enter")
    page.get_by_label("Key", exact=True).fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("key")
    page.get_by_label("Key", exact=True).fill(service.keys["execute"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("done")  # what the key was asked for
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-ready", "true")
    assert run(page, "done") == "Hello, world!\n"
    page.get_by_role("button", name="Key").click()
    page.get_by_role("button", name="Forget").click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    context.close()


def test_arguments_input_and_files(page: Page) -> None:
    type_program(page, "import sys, helper\nprint(sys.argv[1:], sys.stdin.read(), helper.x)")
    page.on("dialog", lambda dialog: dialog.accept("helper.py"))
    page.get_by_role("button", name="+ File").click()
    page.keyboard.insert_text("x = 'helped'")
    page.get_by_label("Arguments").fill("""one 'two three' "fo'ur" five\\ six""")
    page.get_by_label("Input", exact=True).fill("typed\nbefore")
    assert run(page, "done") == """['one', 'two three', "fo'ur", 'five six'] typed\nbefore helped\n"""


def test_arguments_that_are_none(page: Page) -> None:
    page.get_by_label("Arguments").fill("one 'two")
    run(page, "quote that is not closed: 'two")


def test_output_comes_while_it_runs_and_more_input_goes_in(page: Page) -> None:
    type_program(
        page,
        "import sys\nprint('ready', flush=True)\nfor line in sys.stdin: print(line.upper(), end='', flush=True)\nprint('end')",
    )
    page.get_by_label("More input while it runs").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Output")).to_have_text("ready\n")
    page.get_by_label("Line of input").fill("one")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Output")).to_contain_text("ONE\n")
    page.keyboard.press("Control+d")
    expect(page.get_by_role("status")).to_contain_text("done")
    assert (page.get_by_label("Output").text_content() or "").endswith("ONE\nend\n")


def test_stopped_and_interrupted(page: Page) -> None:
    type_program(page, "import time\nprint('ready', flush=True)\nwhile True: time.sleep(0.01)")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Output")).to_have_text("ready\n")
    page.keyboard.press("Control+Alt+s")
    expect(page.get_by_role("status")).to_have_text("stopped")
    page.get_by_label("More input while it runs").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Output")).to_contain_text("ready\n")
    page.get_by_role("button", name="Interrupt").click()
    expect(page.get_by_role("status")).to_contain_text("killed by a signal · SIGINT")
    assert "KeyboardInterrupt" in (page.get_by_label("Output").text_content() or "")


def test_how_it_ended(page: Page) -> None:
    type_program(page, "import sys; print('bad', file=sys.stderr); exit(3)")
    assert run(page, "ended · exit code 3") == "bad\n"
    page.get_by_label("Language").select_option("c")
    type_program(page, "int main(void) { return x; }")
    assert "undeclared (first use in this function)" in run(page, "compiling: ended · exit code 1")
    type_program(page, "int main(void) { __builtin_trap(); }")
    run(page, re.compile("killed by a signal · SIG(ILL|TRAP)"))


def test_colours_and_lines_that_are_written_over(page: Page) -> None:
    type_program(page, (
        "import sys, time\n"
        r"print('\033[1;31mred\033[0m \033[38;5;208morange\033[48;2;1;2;3mexact\033[m plain', flush=True)" "\n"
        r"for n in range(4): sys.stdout.write(f'\r{n} of 3'); sys.stdout.flush()" "\n"
        r"sys.stdout.write('\n\033[3'); sys.stdout.flush(); time.sleep(0.1); sys.stdout.write('2mcut\033[0m <b>&amp;\n')" "\n"
    ))  # fmt: skip
    assert run(page, "done") == "red orangeexact plain\n3 of 3\ncut <b>&amp;\n"
    output = page.get_by_label("Output")
    colours = {
        text: output.get_by_text(text, exact=True).evaluate("node => getComputedStyle(node).color + getComputedStyle(node).backgroundColor")
        for text in ("red", "orange", "exact", "cut")
    }  # fmt: skip
    assert colours == {
        "red": "rgb(179, 38, 30)rgba(0, 0, 0, 0)",
        "orange": "rgb(255, 135, 0)rgba(0, 0, 0, 0)",
        "exact": "rgb(255, 135, 0)rgb(1, 2, 3)",
        "cut": "rgb(20, 108, 46)rgba(0, 0, 0, 0)",
    }
    assert output.get_by_text("red", exact=True).evaluate("node => getComputedStyle(node).fontWeight") == "700"


def test_colours_last_and_may_be_inverse(page: Page) -> None:
    type_program(page, (
        "import sys, time\n"
        r"print(end='\033[31m', flush=True); time.sleep(0.1); print('red', end='', flush=True)" "\n"
        r"print('\033[7minverse\033[0m\033]0;title\007 \033(Bplain')" "\n"
    ))  # fmt: skip
    assert run(page, "done") == "redinverse plain\n"
    output = page.get_by_label("Output")
    assert output.get_by_text("red", exact=True).evaluate("node => getComputedStyle(node).color") == "rgb(179, 38, 30)"
    inverse = output.get_by_text("inverse", exact=True)
    assert inverse.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(197, 34, 31)"


def test_much_output_and_much_input(page: Page) -> None:
    """A mebibyte of short lines is a few nodes, and input may be more than a first message holds."""
    page.get_by_label("Input", exact=True).fill("ü" * 700_000)
    type_program(
        page,
        "import sys\nprint(len(sys.stdin.read()))\nfor n in range(100_000): print('y')\nprint('\\033[1mx' * 30_000)",
    )
    assert run(page, "done").startswith("700000\ny\ny\n")
    assert page.evaluate("document.getElementById('output').childNodes.length") < 100


def test_shared_by_link(page: Page, browser: Browser) -> None:
    page.get_by_label("Language").select_option("ruby")
    type_program(page, "puts 'gekürzt ✓', ARGV, $stdin.read")
    page.get_by_label("Arguments").fill("an-argument")
    page.get_by_label("Input", exact=True).fill("some input")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("status")).to_contain_text("link")
    context = browser.new_context()
    other = context.new_page()
    asked: list[str] = []
    other.on("websocket", lambda socket: asked.append(socket.url))
    other.goto(page.url)
    expect(other.locator("body")).to_have_attribute("data-ready", "true")
    assert "#" in page.url
    assert asked == []  # it is not run because somebody has opened a link
    other.evaluate(
        "key => localStorage.setItem('runjail-key', key)", page.evaluate("localStorage.getItem('runjail-key')")
    )
    assert run(other, "done") == "gekürzt ✓\nan-argument\nsome input\n"
    type_program(other, "puts 'changed'")
    other.reload()  # not the link's any more
    expect(other.locator("body")).to_have_attribute("data-ready", "true")
    assert run(other, "done") == "changed\n"
    context.close()


def test_link_that_is_changed_takes_the_place_of_nothing(page: Page) -> None:
    type_program(page, "print('shared')")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("status")).to_contain_text("link")
    link = page.url.partition("#")[2]
    type_program(page, "print('my own')")
    page.evaluate("hash => { location.hash = hash }", link)
    expect(page.get_by_role("textbox", name="Program")).to_have_text("print('shared')")  # a link is unpacked first
    assert run(page, "done") == "shared\n"
    type_program(page, "print('changed')")
    page.get_by_label("Language").select_option("bash")
    page.get_by_label("Language").select_option("python")
    assert run(page, "done") == "my own\n"


def test_link_that_is_none(page: Page) -> None:
    page.evaluate("location.hash = '#nonsense'")
    expect(page.get_by_role("status")).to_contain_text("no program")


def test_what_was_typed_is_there_again(page: Page) -> None:
    type_program(page, "print('kept')")
    page.get_by_label("Language").select_option("bash")
    type_program(page, "echo kept too")
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-ready", "true")
    assert run(page, "done") == "kept too\n"
    page.get_by_label("Language").select_option("python")
    assert run(page, "done") == "kept\n"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_it_fits(page: Page, tmp_path: Path, scheme: str, size: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if size == "phone":
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict
    run(page, "done")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    back, front = brightness(page)
    assert (back < front) == (scheme == "dark")
    for name in ("Run", "Stop", "Share"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["height"] >= 32
    page.screenshot(path=tmp_path / "page.png", full_page=True)


def test_policy_is_strict(service: Service) -> None:
    response = get(f"{service.url}/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in response.text
    assert not re.search(r"<script(?! type=\"module\" src=)| on\w+=| style=", response.text)


def test_page_is_sent_again_only_when_it_is_another(service: Service) -> None:
    first = get(f"{service.url}/playground/vendor.js")
    assert first.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert (first.status_code, first.headers["Content-Encoding"]) == (200, "gzip")
    plain = get(f"{service.url}/playground/vendor.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.content == first.content
    again: httpx.Response = get(f"{service.url}/playground/vendor.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get(f"{service.url}/playground/build/package.json").status_code == 404


def test_vendored_file_is_what_its_recipe_makes(clients: Path, tmp_path: Path) -> None:
    """Nobody has to believe what a minified file is."""
    shutil.copytree(PACKAGE / "build", tmp_path / "build", ignore=shutil.ignore_patterns("node_modules"))
    script = f"cd {tmp_path}/build && npm ci --silent && node build.mjs {tmp_path}"
    run_command(["sh", "-euc", script], PATH=f"{clients}/bin:/usr/bin:/bin")
    for name in ("vendor.js", "vendor.txt"):
        assert (tmp_path / name).read_bytes() == (PACKAGE / name).read_bytes()
