"""`casereview report` as typed: the file it writes, what it refuses, and a browser's view of it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casereview.cli.main import run

HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.fixture
def typed(
    service: Any,
    year: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    """`typed("report", ...)` is exit code, stdout and stderr on a store with a year of cases."""
    made = service(year(120), name=HOSTILE)
    monkeypatch.setenv("CASEREVIEW_STORE", str(made.store.path))
    monkeypatch.setenv("CASEREVIEW_NOW", "2026-03-03T09:00:00Z")
    monkeypatch.delenv("CASEREVIEW_COMMAND", raising=False)

    def _typed(*words: str) -> tuple[int, str, str]:
        code = run([str(w) for w in words])
        found = capsys.readouterr()
        return code, found.out, found.err

    return _typed


def test_it_writes_a_file_that_only_its_owner_may_read(typed: Any, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    code, out, err = typed("report", "-o", page)
    assert (code, out) == (0, "")
    assert "Wrote the report" in err
    assert page.read_text().startswith("<!DOCTYPE html>")
    if os.name == "posix":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_it_replaces_nothing_unless_told(typed: Any, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("mine")
    assert typed("report", "-o", page)[0] == 2
    assert page.read_text() == "mine"
    assert typed("report", "-o", page, "--yes")[0] == 0


def test_twice_the_same_question_gives_the_same_file(typed: Any, tmp_path: Path) -> None:
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    for page in (one, two):
        assert typed("report", "-o", page, "--as-of", "2026-02-28", "--since", "2025-09-01")[0] == 0
    assert one.read_bytes() == two.read_bytes()


def test_a_hostile_name_of_a_team_stays_text(typed: Any, tmp_path: Path, read_page: Any) -> None:
    page = tmp_path / "report.html"
    assert typed("report", "-o", page, "--team", "WARD")[0] == 0
    html = page.read_text()
    assert "<script" not in html
    assert HOSTILE in read_page(html).all("h1")[0].words
    assert 'id="teams"' not in html, "one team is not held against others"


def test_what_was_known_earlier_is_another_page(typed: Any, tmp_path: Path) -> None:
    page = tmp_path / "then.html"
    assert typed("report", "-o", page, "--known-by", "2024-12-01T09:30:00Z")[0] == 0
    assert "There are no figures yet" in page.read_text()
    assert "2024-12-01T09:30:00+00:00" in page.read_text()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("report",), 2, "Add -o report.html."),
        (("report", "-o", "x.json"), 2, "Add -o report.html."),
        (("report", "-o", "{}/r.html", "--team", "NOPE"), 1, "There is no team 'NOPE'"),
        (("report", "-o", "{}/r.html", "--every", "quarter"), 2, "by week or by month"),
        (("report", "-o", "{}/r.html", "--from", "2026-02-02", "--to", "2026-02-01"), 1, "ends"),
        (("report", "-o", "{}/r.html", "--on", "2026-02-02"), 2, "Use --as-of"),
        (("report", "-o", "{}/r.html", "--baseline", "2025-01-01..2025-02-01"), 2, "--since"),
        (("report", "--team", "WARD", "headline", "--since", "2025-09-01"), 2, "after its name"),
        (("report", "headlin", "--since", "2025-09-01"), 2, "Did you mean headline?"),
        (("report", "headline", "--since", "2025-13-01"), 2, "is no date"),
        (("report", "headline", "--since", "2025-09-01", "--baseline", "2025"), 2, "FROM..TO"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said(
    typed: Any, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    found, out, err = typed(*(w.format(tmp_path) for w in words))
    assert found == code
    assert said in err
    assert out == ""
    assert not list(tmp_path.glob("*.html"))


def test_the_headlines_come_in_every_format(typed: Any, tmp_path: Path) -> None:
    code, out, _ = typed("report", "headline", "--since", "2025-09-01", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert [r["figure"] for r in found["rows"]][:2] == ["Length of stay", "Planned completions"]
    assert found["beside"][0]["figure"] == "removed from a list"
    assert found["since"] == "2025-09-01"
    assert typed("report", "headline", "--since", "2025-09-01")[0] == 0


# --- in a browser


def browser() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if (found := shutil.which(name)) is not None:
            return found
    pytest.skip("there is no Chromium here to look at the page with")


def seen(program: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    base = (program, "--headless=new", "--disable-gpu", "--no-sandbox", "--no-first-run")
    return subprocess.run(
        [*base, f"--user-data-dir={folder / 'profile'}", *words],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip


def test_it_prints_on_paper(typed: Any, tmp_path: Path) -> None:
    program, page = browser(), tmp_path / "report.html"
    typed("report", "-o", page)
    paper = tmp_path / "report.pdf"
    seen(program, tmp_path, f"--print-to-pdf={paper}", page.as_uri())
    assert paper.read_bytes().startswith(b"%PDF-")


def test_an_accessibility_checker_finds_no_violation(typed: Any, tmp_path: Path) -> None:
    """Set AXE_CORE to the place of axe.min.js, and have Chromium on the path."""
    checker = os.environ.get("AXE_CORE")
    if checker is None:
        pytest.skip("AXE_CORE does not name a copy of axe.min.js")
    program, page = browser(), tmp_path / "report.html"
    typed("report", "-o", page, "--since", "2025-09-01")
    # The page itself lets nothing run, so the checker works on a copy that does.
    policy = page.read_text().partition('<meta http-equiv="')[2].partition(">")[0]
    html = page.read_text().replace(f'<meta http-equiv="{policy}>', "")
    html = html.replace("<details>", "<details open>")
    run_it = (
        "axe.run(document).then(r => {const p = document.createElement('pre'); p.id = 'found';"
        "p.textContent = JSON.stringify(r.violations.map(v => [v.id, v.nodes.length]));"
        "document.body.appendChild(p)})"
    )
    code = Path(checker).read_text(encoding="utf-8").replace("</script", "<\\/script")
    copy = tmp_path / "copy.html"
    copy.write_text(
        html.replace("</body>", f"<script>{code}</script><script>{run_it}</script></body>")
    )
    shown = seen(
        program, tmp_path, "--virtual-time-budget=30000", "--dump-dom", copy.as_uri()
    ).stdout  # fmt: skip
    assert shown.partition('<pre id="found">')[2].partition("</pre>")[0] == "[]"
