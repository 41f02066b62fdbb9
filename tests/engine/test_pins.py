"""Who may sit down: PINs in a real store, the clock of a rehearsal, users who were removed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed, Usage
from casereview.service.organisation import pins, setup, users
from casereview.service.organisation.signing_in import sit_down

if TYPE_CHECKING:
    from tests.engine.factories import Service


def test_a_countersign_in_a_real_store_asks_for_the_second_persons_pin(
    tmp_path: Path, library: Any, make: Any
) -> None:
    place = tmp_path / "real.db"
    now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    setup.create(place, library=library, now=now)
    admin = sit_down(place, library=library, clock=lambda: now)
    try:
        users.add_user(admin.again(), "dr.b", name="B", role="clinician")

        pins.set_pin(admin.again(), "dr.b", "4711")
        with pytest.raises(NotAllowed) as caught:
            sit_down(place, library=library, clock=lambda: now, as_login="dr.b",
                     pin=lambda _: "0000")  # fmt: skip
        assert caught.value.code == "wrong_pin"
        second = sit_down(
            place, library=library, clock=lambda: now, as_login="dr.b", pin=lambda _: "4711"
        )
        assert second.actor == "dr.b"
        second.store.close()
        with pytest.raises(NotAllowed) as caught:
            sit_down(place, library=library, clock=lambda: now, as_login="dr.b")
        assert caught.value.code == "wrong_pin"
    finally:
        admin.store.close()


def test_five_wrong_pins_lock_until_an_administrator_sets_a_new_one(
    tmp_path: Path, library: Any
) -> None:

    place = tmp_path / "real.db"
    now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    setup.create(place, library=library, now=now)
    admin = sit_down(place, library=library, clock=lambda: now)
    try:
        users.add_user(admin.again(), "dr.b", name="B", role="clinician")
        with pytest.raises(NotAllowed) as caught:
            pins.check_pin(admin, "dr.b", lambda _: "1234")
        assert caught.value.code == "no_pin"
        pins.set_pin(admin.again(), "dr.b", "4711")
        for left in (4, 3, 2, 1, 0):
            with pytest.raises(NotAllowed, match=f"{left} attempts") as caught:
                pins.check_pin(admin, "dr.b", lambda _: "0000")
        with pytest.raises(NotAllowed) as caught:
            pins.check_pin(admin, "dr.b", lambda _: "4711")
        assert caught.value.code == "pin_locked"
        pins.set_pin(admin.again(), "dr.b", "4712")
        pins.check_pin(admin, "dr.b", lambda _: "4712")
    finally:
        admin.store.close()


def test_the_clock_of_a_real_store_cannot_be_set(tmp_path: Path, library: Any) -> None:
    place = tmp_path / "real.db"
    now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    setup.create(place, library=library, now=now)
    with pytest.raises(Usage) as caught:
        sit_down(place, library=library, clock=lambda: now, rehearsal_now=now)
    assert caught.value.code == "clock_of_real_store"


def test_a_removed_user_cannot_sit_down(service: Service, refused: Any) -> None:
    service.user("dr.b")
    users.remove_user(service.desk(2), "dr.b")
    with refused("user_removed"):
        service.sit(3, who="dr.b")
    with refused("self"):
        users.remove_user(service.desk(2), service.admin)
