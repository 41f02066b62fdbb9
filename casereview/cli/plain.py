"""A review line by line on stdin and stdout: for screen readers, pipes and SSH."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from casereview.cli.plain_floor import Floor
from casereview.cli.plain_talk import Elsewhere, InputEnded, Left, ask, refused, say
from casereview.errors import CaseReviewError, NotFound

if TYPE_CHECKING:
    from casereview.service.desk import Desk

TO_DO = ("not reached", "partly answered", "offered")


def hold(desk: Desk, review: str | None, *, pack: str | None, team: str | None, on: date) -> None:
    """Hold a review line by line until every case is reached, the person ends it or input ends.

    Raises:
        CaseReviewError: it cannot be opened.
    """
    name, title = _opened(desk, review, pack=pack, team=team, on=on)
    say(title)
    say("Type ? and Enter for help.")
    try:
        _Meeting(desk, name).run()
    except InputEnded:
        say()
        say(f"The input ended. {resume(name)}")


def resume(review: str) -> str:
    """Return the sentence that says how to go on."""
    return f"{review} stays open. Go on with: casereview review run --plain {review}"


def _opened(
    desk: Desk, review: str | None, *, pack: str | None, team: str | None, on: date
) -> tuple[str, str]:
    from casereview.service import ids
    from casereview.service.reviews import reviewing

    if review is None and pack is not None and team is not None:
        held = reviewing.list_reviews(desk, team=team, status="open")
        review = next((str(r["review"]) for r in held if r["pack"] == pack), None)
        if review is None:
            row = reviewing.open_review(desk, pack=pack, team=team, on=on)[0]
            return str(row["review"]), f"Review {row['review']} opened: {pack}, {team}, {on}."
    wanted = ids.out(ids.REVIEW, ids.number(ids.REVIEW, str(review)))
    found = next((r for r in reviewing.list_reviews(desk) if r["review"] == wanted), None)
    if found is None:
        raise NotFound(f"There is no review {wanted}.", next="See `review list`.")
    if found["status"] != "open":
        raise NotFound(f"{wanted} is {found['status']}.", next="Open a new review.")
    words = f"{found['pack']}, {found['team']}, {found['on']}"
    return str(wanted), f"Review {wanted} goes on: {words}."


class _Meeting:
    """One sitting: cases are called in the order of the agenda until none is left."""

    def __init__(self, desk: Desk, review: str) -> None:
        self.review = review
        self.floor = Floor(desk, review)

    def run(self) -> None:
        """Go through the agenda until nothing is left or the person ends it."""
        while True:
            case, place = self._next()
            try:
                if case is not None:
                    self.floor.call(case, place)
                    continue
                say("Every case on the agenda has been called.")
            except Elsewhere:
                continue
            except Left:
                pass
            if self._end():
                return

    def _next(self) -> tuple[str | None, str]:
        """Return the case to be called next and its place; one that was undone comes first."""
        from casereview.service.reviews import reviewing

        rows = reviewing.agenda(self.floor.desk, self.review)
        wanted, self.floor.wanted = self.floor.wanted, None
        self.floor.later.discard(wanted or "")
        left = [r for r in rows if r["case"] == wanted] or [
            r for r in rows if r["progress"] in TO_DO and r["case"] not in self.floor.later
        ]
        if not left:
            return None, ""
        called = sum(r["progress"] != "to confirm" for r in rows)
        return str(left[0]["case"]), f"{left[0]['position']} of {called}"

    def _end(self) -> bool:
        """Ask how to end; return False when the meeting goes on."""
        from casereview.service.reviews import closing

        self._overrides()
        word = ask(f"Close {self.review}? y closes it, Enter leaves it open, u undoes:").lower()
        if word == "u":
            self._undo()
            return False
        if word not in ("y", "yes"):
            say(resume(self.review))
            return True
        row: dict[str, Any] = closing.close(self.floor.fresh(), self.review)[0]
        say(
            f"{self.review} is closed: {row['reviewed']} reviewed, {row['confirmed']} "
            f"confirmed, {row['partly_answered']} partly answered, {row['skipped']} skipped, "
            f"{row['not_reached']} not reached, {row['left']} left."
        )
        say(f"Journal head {row['journal_head']}.")
        return True

    def _overrides(self) -> None:
        """Say which closed cases wait for their override to be confirmed, and how to do it."""
        from casereview.service.reviews import reviewing

        for row in reviewing.agenda(self.floor.desk, self.review):
            if row["progress"] == "to confirm":
                say(
                    f"{row['case']} closed past {', '.join(row['blockers'])}, still to confirm: "
                    f"casereview review confirm {self.review} {row['case']}"
                )

    def _undo(self) -> None:
        try:
            self.floor.undo()
        except Elsewhere:
            return
        except CaseReviewError as error:
            refused(error)
