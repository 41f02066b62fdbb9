"""Somebody removed while a review is open leaves nothing behind that nobody owns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from casereview.service.organisation import users
from casereview.service.reviews import answering, closing

if TYPE_CHECKING:
    from tests.engine.factories import Service


@pytest.fixture
def left(ward: Service) -> Service:
    """R1, opened by dr.a who is chair and key worker of C1; then dr.a is removed."""
    ward.case("W1", "P1", worker="dr.a")
    ward.open("ward-round", "W1", 10, who="dr.a")
    users.remove_user(ward.desk(10, 9), "dr.a")
    return ward


def test_what_falls_to_the_chair_or_key_worker_falls_to_who_records_it(left: Service) -> None:
    left.answer("R1", "C1", 10, "destination_ready", "no", who="dr.b")
    left.answer("R1", "C1", 10, "crisis_stabilised", "cannot-tell", who="dr.b")
    assert {a["owner"] for a in left.actions(10)} == {"dr.b"}
    left.sound(10)


def test_the_removed_person_answers_no_more_and_the_review_goes_on(
    left: Service, refused: Any
) -> None:
    with refused("user_removed", says="2026-03-10", next_says="another user"):
        left.answer("R1", "C1", 10, "destination_ready", "no", who="dr.a")
    with refused("user_removed", next_says="another user"):
        answering.skip(left.desk(10, 9, "dr.b", said_by="dr.a"), "R1", "C1", "no time")
    assert closing.close(left.desk(10, 11, "dr.b"), "R1")[0]["status"] == "closed"
    left.sound(10)
