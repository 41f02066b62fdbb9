"""Markup in what somebody typed stays text in minutes and letters, in Markdown and in HTML."""

import html
import re
from datetime import date
from typing import Any

import pytest

from casereview.report.minutes import form_html, minutes_html, minutes_markdown
from casereview.service.actions import actions
from casereview.service.reviews import closing, minutes

WORDS = "**agreed** <img src=x onerror=alert(1)> [go](http://x) `c` # | a\\"


@pytest.fixture
def held(service: Any) -> dict[str, Any]:
    service.case("W1", "one", stage="recover")
    review = service.open("ward-round", "W1", 3, who="dr.a")
    service.answer(review, "C1", 3, "crisis_stabilised", "no", reason=WORDS, who="dr.a")
    actions.add(
        service.desk(3), ["C1"], WORDS, owner="dr.a", due_on=date(2026, 3, 9), review=review
    )
    closing.close(service.desk(3, 11, "dr.a"), review)
    found: dict[str, Any] = minutes.minutes(service.desk(4), review)
    return found


def test_the_page_shows_typed_words_as_they_are(held: dict[str, Any]) -> None:
    page = minutes_html(held)
    assert html.escape(WORDS, quote=True) in page
    assert "<img" not in page
    strong = re.findall("<strong>(.*?)</strong>", page)
    assert strong
    assert set(strong) == {"no"}


def test_markdown_has_every_sign_of_its_own_escaped(held: dict[str, Any]) -> None:
    text = minutes_markdown(held)
    assert r"\*\*agreed\*\* \<img src=x onerror=alert(1)\> \[go\](http://x)" in text
    assert "**no**" in text


def test_the_form_to_print_shows_typed_words_as_they_are(service: Any) -> None:
    words = '<script>alert(1)</script> & "more"'
    service.case("W1", "<b>one</b>", stage="recover")
    actions.add(service.desk(2), ["C1"], words, owner="dr.a", due_on=date(2026, 3, 9))
    review = service.open("ward-round", "W1", 3, who="dr.a")
    page = form_html(minutes.form(service.desk(3), review))
    assert "<script" not in page
    assert "<b>" not in page
    assert html.escape(words, quote=True) in page
