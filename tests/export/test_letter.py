"""The letter says why from rules and answers, and repeats nothing that somebody typed."""

import html
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from casereview.errors import Refused
from casereview.exchange.out.letter import letter_html, letter_markdown
from casereview.service.cases import dying
from casereview.service.doors.letter import letter

MARK = "zebra"


def test_somebody_who_left_reads_why_they_could(full: Any) -> None:
    text = letter_markdown(letter(full.desk(10), "C1"))
    assert text.startswith("# Why you were kept, and why you can go home")
    assert "Two people agreed on Fri 6 Mar 2026" in text
    assert "Three yeses: the patient can and should be discharged." in text
    assert text.count("**yes**") == 3
    assert "You left on Mon 9 Mar 2026" in text
    assert "- In order: There must be a safety plan" in text
    assert "within 3 days" in text
    assert "ward-round version 1" in text


def test_somebody_who_is_kept_reads_why_and_what_would_help(full: Any) -> None:
    text = letter_markdown(letter(full.desk(10), "C2"))
    assert "# Why you are being kept, and what would let you go home" in text
    assert "Tue 3 Mar 2026: **no**" in text
    assert "Nothing has been decided yet" in text


@pytest.mark.parametrize("case", ["C1", "C2", "C3"])
@pytest.mark.parametrize("named", [False, True])
def test_no_typed_word_no_worker_and_no_worry_is_in_it(full: Any, case: str, named: bool) -> None:
    found = letter(full.desk(10), case, named=named)
    for text in (letter_markdown(found), letter_html(found)):
        own = text.replace("Zebra0", "").replace("Zebra1", "")
        assert MARK not in own.lower()
        assert not [w for w in ("dr.a", "dr.b", "sister", "bruise", "council") if w in own]
        assert "safeguarding" not in own.lower()
        assert "Zebra2" not in text


def test_ones_own_name_is_there_when_asked_for_and_is_only_text(full: Any) -> None:
    from casereview.service.cases import people

    people.correct(full.desk(10), f"{MARK}-1", name="<b>*Zoe*</b> [x](y)")
    found = letter(full.desk(10), "C1", named=True)
    assert "Dear \\<b\\>\\*Zoe\\*\\</b\\> \\[x\\](y)," in letter_markdown(found)
    page = letter_html(found)
    assert "<b>" not in page
    assert html.escape("<b>*Zoe*</b> [x](y)") in page
    assert "<strong>yes</strong>" in page


def test_the_words_are_those_of_the_pathway(service: Any) -> None:
    service.team("K1", "childrens", people=["ann"])
    case = service.case("K1", "k-1", stage="recover")
    service.ready(case, 5)
    service.agree(case, "K1", 6, first="ann")
    text = letter_markdown(letter(service.desk(10), case))
    assert "can finish with" in text
    assert "the patient" not in text
    assert "{" not in text


def test_no_letter_is_written_to_the_dead(full: Any) -> None:
    dying.died(full.desk(10), f"{MARK}-2", on=date(2026, 3, 9))
    with pytest.raises(Refused) as caught:
        letter(full.desk(10), "C2")
    assert caught.value.code == "person_died"


def test_the_command_writes_markdown_or_a_page(
    command: Callable[..., tuple[int, str, str]], tmp_path: Any
) -> None:
    code, out, _ = command("case", "letter", "C1")
    assert (code, out.startswith("# Why you were kept")) == (0, True)
    file = tmp_path / "letter.html"
    assert command("case", "letter", "C1", "-o", str(file))[0] == 0
    assert file.read_text().startswith("<!doctype html>")
    assert command("case", "letter", "C99")[0] == 1
