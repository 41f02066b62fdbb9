"""Bad input gets a clear sentence with a next step, and nothing is half-written."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from casereview.core.decide.judging import Given
from casereview.errors import CaseReviewError, StoreBusy, StoreError
from casereview.packs.codes import lists_for
from casereview.service.actions import actions
from casereview.service.cases import cases, dying, flagging, moving, people, showing
from casereview.service.organisation import teams, users
from casereview.service.organisation.signing_in import sit_down
from casereview.service.reviews import answering, closing, deciding
from casereview.store.opening import open_store

if TYPE_CHECKING:
    from tests.engine.factories import Service

DAY = date(2026, 3, 10)
# Colour, window title, clipboard, right-to-left override, NUL, a C1 control.
HOSTILE = (
    "a\x1b[31mred \x1b]0;title\x07 \x1b]52;c;Zm9v\x07 \u202eevil\x00 \x9b31m [@click=app.quit]x[/]"
)


@pytest.fixture
def round_(ward: Service) -> Service:
    """A round R1 on Tuesday 10 March with C1, referred on the 3rd."""
    ward.case("W1", "P1", day=3, stage="recover", worker="dr.a")
    ward.open("ward-round", "W1", DAY, who="dr.a")
    return ward


Step = Callable[[Any, Any], Any]
REFUSED: list[tuple[str, str, str, Step]] = [
    ("not_found", "no fact 'destinaton'", "destination",
     lambda s, d: cases.set_fact(d, "C1", "destinaton", "home", on=DAY)),
    ("not_settable", "days_in_stage is worked out", "rules facts",
     lambda s, d: cases.set_fact(d, "C1", "days_in_stage", "3", on=DAY)),
    ("bad_value", "'maybe' does not fit", "unknown",
     lambda s, d: cases.set_fact(d, "C1", "medicines_arranged", "maybe", on=DAY)),
    ("bad_value", "'31/03/2026' does not fit", "2026-03-01",
     lambda s, d: cases.set_fact(d, "C1", "expected_end_on", "31/03/2026", on=DAY)),
    ("bad_value", "'2026-02-30' does not fit", "2026-03-01",
     lambda s, d: cases.set_fact(d, "C1", "expected_end_on", "2026-02-30", on=DAY)),
    ("date_too_early", "before the referral, 2026-03-03", "Give 2026-03-03 or a later day",
     lambda s, d: cases.set_fact(d, "C1", "destination", "home", on=date(2026, 3, 2))),
    ("date_after_clock", "2026-03-11 is after today, 2026-03-10", "on the day it happens",
     lambda s, d: cases.set_fact(d, "C1", "destination", "home", on=date(2026, 3, 11))),
    ("date_after_clock", "after today", "on the day",
     lambda s, d: cases.refer(d, team="W1", person="P2", on=date(2026, 3, 11))),
    ("date_too_early", "before the date of birth", "or a later day",
     lambda s, d: cases.refer(
         d, team="W1", person="P2", on=date(2026, 3, 9), born=date(2026, 3, 10))),
    ("date_after_clock", "after today", "on the day",
     lambda s, d: dying.died(d, "C1", on=date(2026, 3, 11))),
    ("no_such_move", "no move from recover to assess", "stabilise",
     lambda s, d: moving.move(d, "C1", "assess", on=DAY)),
    ("not_found", "no stage 'recovery'", "Did you mean recover",
     lambda s, d: moving.move(d, "C1", "recovery", on=DAY)),
    ("not_found", "no stage 'xyz'", "assess, ", lambda s, d: showing.list_cases(d, stage="xyz")),
    ("not_found", "known as 'C\xb2'", "case id", lambda s, d: people.show(d, "C\xb2")),
    ("not_found", "known as 'C10", "local id", lambda s, d: people.show(d, f"C{10**19}")),
    ("not_found", "no stage 'left'", "case leave",
     lambda s, d: moving.move(d, "C1", "left", on=DAY)),
    ("not_found", "no case C9", "case list", lambda s, d: cases.note(d, "C9", "x", on=DAY)),
    ("not_found", "'X1' is no case id", "C12", lambda s, d: cases.note(d, "X1", "x", on=DAY)),
    ("not_found", "no team 'W2'", "Did you mean W1",
     lambda s, d: cases.refer(d, team="W2", person="P2", on=DAY)),
    ("not_found", "no user 'dr.x'", "Did you mean dr.",
     lambda s, d: cases.allocate(d, "C1", "dr.x", on=DAY)),
    ("not_found", "no action A9", "action list", lambda s, d: actions.close(d, "A9", done=True)),
    ("not_found", "no review R9", "review list", lambda s, d: closing.close(d, "R9")),
    ("text_empty", "note is empty", "word", lambda s, d: cases.note(d, "C1", " ", on=DAY)),
    ("text_too_long", "at most 10,000", "Shorten",
     lambda s, d: cases.note(d, "C1", "x" * 10_001, on=DAY)),
    ("bad_choice", "'huge' is no effort", "small",
     lambda s, d: actions.add(d, ["C1"], "x", owner="dr.a", due_on=DAY, effort="huge")),
    ("no_worry", "no open safeguarding worry", "case flag",
     lambda s, d: flagging.hand_over(d, "C1", "somebody")),
    ("no_such_role", "no role 'xyz'", "Roles",
     lambda s, d: users.add_user(d, "x", name="X", role="xyz")),
    ("bad_code", "is no login", "letters",
     lambda s, d: users.add_user(d, "no good", name="X", role="clinician")),
    ("bad_code", "is no team code", "letters",
     lambda s, d: teams.add_team(d, "W 2", pathway="ward")),
    ("team_exists", "on the pathway ward", "another code",
     lambda s, d: teams.add_team(d, "W1", pathway="recovery")),
    ("not_found", "Nobody is known as 'nobody'", "case id",
     lambda s, d: people.show(d, "nobody")),
    ("date_after_clock", "after today", "on the day",
     lambda s, d: teams.fill_post(d, "W1", "consultant", "dr.a", from_on=date(2026, 3, 11))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "says", "next_says", "step"), REFUSED)
def test_a_refusal_says_what_and_what_to_do_and_writes_nothing(
    round_: Service, refused: Any, code: str, says: str, next_says: str, step: Step
) -> None:
    def size() -> list[int]:
        with round_.store.read() as conn:
            return [
                conn.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar_one()
                for t in ("entries", "commands", "cases", "persons", "actions", "users")
            ]

    before = size()
    with refused(code, says=says, next_says=next_says):
        step(round_, round_.desk(DAY, 12))
    assert size() == before


def test_what_a_meeting_changes_about_an_action_is_checked_like_an_action_by_hand(
    round_: Service, refused: Any
) -> None:
    with refused("date_too_early", says="2026-03-09"):
        round_.answer("R1", "C1", DAY, "destination_ready", "no", due_on=date(2026, 3, 9))
    with refused("not_found", says="'dr.x'", next_says="Did you mean dr."):
        round_.answer("R1", "C1", DAY, "destination_ready", "no", owner="dr.x")
    assert round_.actions(DAY) == []
    desk = round_.desk(DAY, 12, "dr.a")
    with refused("dates_out_of_order", says="2026-03-20"):
        actions.add(
            desk.again(), ["C1"], "x", owner="dr.a", due_on=date(2026, 3, 12),
            from_on=date(2026, 3, 20),
        )  # fmt: skip
    with refused("not_found", next_says="Did you mean dr."):
        flagging.raise_worry(desk.again(), "C1", "a bruise", owner="dr.x")


def test_nothing_is_added_to_a_review_after_its_end_except_that_a_worry_is_never_lost(
    round_: Service, refused: Any
) -> None:
    desk = round_.desk(DAY, 12, "dr.a")
    closing.close(desk.again(), "R1")
    with refused("review_closed"):
        actions.add(desk.again(), ["C1"], "x", owner="dr.a", due_on=date(2026, 3, 12), review="R1")
    row = flagging.raise_worry(desk.again(), "C1", "a bruise", review="R1")[0]
    assert row["worry"] == "W1"
    round_.sound()


def test_a_delay_of_a_closed_case_needs_its_end(round_: Service, refused: Any) -> None:
    code = lists_for("ward", "england-and-wales", DAY)[0].codes[0].code
    round_.set("C1", DAY, safeguarding="none")
    moving.leave(round_.desk(DAY, 12, "dr.a"), "C1", "absent", on=DAY)
    desk = round_.desk(11, 9, "dr.a")
    with refused("case_closed", says="the day on which it ended"):
        cases.delay(desk.again(), "C1", code, on=date(2026, 3, 5))
    cases.delay(desk.again(), "C1", code, on=date(2026, 3, 5), end=DAY)
    held = round_.show("C1")["delays"]
    assert [(d["from_on"], d["before_on"]) for d in held] == [(date(2026, 3, 5), DAY)]


def test_a_meeting_is_not_moved_to_a_day_that_has_passed(ward: Service, refused: Any) -> None:
    with refused("date_too_early", says="2026-03-05 has passed"):
        teams.change_meeting(
            ward.desk(7), "W1", date(2026, 3, 10), move_to=date(2026, 3, 5), reason="strike"
        )


def test_an_unknown_pathway_names_the_nearest(service: Service) -> None:
    with pytest.raises(CaseReviewError, match="recovery"):
        teams.add_team(service.desk(1), "R", pathway="recover")


def test_an_unknown_pack_names_the_nearest(round_: Service) -> None:
    with pytest.raises(CaseReviewError, match="ward-round"):
        round_.open("ward-rond", "W1", DAY)


def test_a_wrong_nhs_number_is_refused_and_nobody_is_registered(ward: Service) -> None:
    with pytest.raises(CaseReviewError, match="NHS number|check digit"):
        cases.refer(ward.desk(3), team="W1", person="P1", on=date(2026, 3, 3),
                    nhs_number="943 476 5918")  # fmt: skip
    with ward.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM persons").scalar_one() == 0


def test_a_local_id_of_somebody_else_is_refused(ward: Service, refused: Any) -> None:
    on = date(2026, 3, 3)
    cases.refer(ward.desk(3), team="W1", person="P1", on=on, born=date(1980, 1, 1))
    with refused("person_conflict", says="another date of birth"):
        cases.refer(ward.desk(3), team="W1", person="P1", on=on, born=date(1981, 1, 1))


def test_a_second_referral_to_an_open_case_is_a_re_referral_unless_a_new_one_is_meant(
    ward: Service,
) -> None:
    first = cases.refer(ward.desk(3), team="W1", person="P1", on=date(2026, 3, 3))[0]
    again = cases.refer(ward.desk(5), team="W1", person="P1", on=date(2026, 3, 5))[0]
    assert (again["case"], again["re_referred"]) == (first["case"], True)
    new = cases.refer(ward.desk(6), team="W1", person="P1", on=date(2026, 3, 6), new="other leg")[0]
    assert (new["case"], new["re_referred"]) == ("C2", False)
    ward.sound()


# --- hostile text


def test_every_outside_text_is_made_safe_on_its_way_in(round_: Service) -> None:
    desk = round_.desk(DAY, 12, "dr.a")
    users.add_user(round_.desk(DAY), "eve", name=HOSTILE, role="clinician", teams=["W1"])
    cases.refer(desk.again(), team="W1", person="P7", on=DAY, name=HOSTILE, sex=HOSTILE[:20])
    cases.note(desk.again(), "C1", HOSTILE, on=DAY)
    cases.contact(desk.again(), "C1", kind="telephone", attended="5", on=DAY, with_whom=HOSTILE)
    cases.set_fact(desk.again(), "C1", "destination", HOSTILE, on=DAY)
    actions.add(desk.again(), ["C1"], HOSTILE, owner="dr.a", due_on=date(2026, 3, 12), doer=HOSTILE)
    actions.edit(desk.again(), "A1", text=HOSTILE + "2", doer=HOSTILE + "2")
    actions.park(desk.again(), "A1", until=date(2026, 3, 11), reason=HOSTILE)
    actions.close(desk.again(), "A1", done=False, reason=HOSTILE)
    given = Given("no", reason=HOSTILE, text=HOSTILE)
    answering.answer(desk.again(), "R1", "C1", "destination_ready", given)
    answering.skip(desk.again(), "R1", "C1", HOSTILE)
    deciding.dissent(desk.again(), "R1", "C1", HOSTILE)
    flagging.raise_worry(desk.again(), "C1", HOSTILE, told=HOSTILE)
    flagging.tell(desk.again(), "C1", HOSTILE)
    flagging.hand_over(desk.again(), "C1", HOSTILE)
    teams.change_meeting(round_.desk(DAY), "W1", date(2026, 3, 13), move_to=None, reason=HOSTILE)
    moving.move(round_.desk(DAY, 12, "sister"), "C1", "stabilise", on=DAY, override=HOSTILE)
    closing.close(desk.again(), "R1")
    round_.open("criteria-to-reside", "W1", DAY, who="dr.a")
    closing.abandon(desk.again(), "R2", HOSTILE)
    with round_.store.read() as conn:
        texts = [r[0] for r in conn.exec_driver_sql("SELECT text FROM entry_text")]
        tables = [
            r[0] for r in conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for table in tables:
            for row in conn.exec_driver_sql(f'SELECT * FROM "{table}"'):
                texts += [v for v in row if isinstance(v, str)]
    # JSON keeps what it escapes as backslash-u; a control that got in would show there.
    for text in texts:
        for bad in ("\x1b", "\x07", "\x00", "\x9b", "\u202e", "\\u001b", "\\u0000", "\\u202e"):
            assert bad not in text, text[:200]
    round_.sound()


# --- the store


def test_a_second_writer_waits_and_is_then_told_that_the_store_is_busy(
    round_: Service,
) -> None:
    desk = round_.desk(DAY, 12, "dr.a")
    desk.store = open_store(round_.place, busy_ms=50)
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with round_.store.write() as conn:
            conn.exec_driver_sql("SELECT 1")
            held.set()
            free.wait(10)

    writer = threading.Thread(target=hold)
    writer.start()
    try:
        held.wait(10)
        with pytest.raises(StoreBusy) as caught:
            cases.note(desk, "C1", "x", on=DAY)
        assert caught.value.exit_code == 3
        assert caught.value.next
    finally:
        free.set()
        writer.join()
    # The same command is tried again with its id, and is taken once.
    cases.note(desk, "C1", "x", on=DAY)
    cases.note(desk, "C1", "x", on=DAY)
    desk.store.close()
    with round_.desk(DAY).reading() as work:
        assert len(work.case(1).notes) == 1


@pytest.mark.parametrize("content", [b"", b"just a letter\n" * 100])
def test_a_file_that_is_no_store_is_refused_with_a_sentence(
    tmp_path: Path, library: Any, content: bytes
) -> None:
    place = tmp_path / "letter.db"
    place.write_bytes(content)
    now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    with pytest.raises(StoreError) as caught:
        sit_down(place, library=library, clock=lambda: now)
    assert caught.value.next
    assert place.read_bytes() == content


def test_a_newer_schema_is_refused_and_left_alone(round_: Service, library: Any) -> None:
    round_.restart()
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        " c.execute('PRAGMA user_version = 999'); c.commit(); c.close()"
    )
    subprocess.run([sys.executable, "-c", code, str(round_.place)], check=True)
    with pytest.raises(StoreError, match="newer casereview") as caught:
        round_.sit(DAY)
    assert caught.value.code == "store_newer"
