"""``docs/operations.md`` is whole: every alert is told of there, and every command it names is one."""

import re
from pathlib import Path

from cli.main import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text()


def test_every_alert_is_explained() -> None:
    alerts = re.findall(r"- alert: (\w+)", (ROOT / "deploy/prometheus/runjail.rules.yml").read_text())
    assert re.findall(r"(?m)^\| `(Runjail\w+)` \|", PAGE) == alerts


def test_every_command_is_one() -> None:
    named = set(re.findall(r"\brunjail ([a-z]+)\b", " ".join(re.findall(r"(?<!`)`[^`\n]+`", PAGE))))
    assert named - set(main.commands) == set()
    assert named >= {"install", "uninstall", "drain", "doctor", "status", "config"}
