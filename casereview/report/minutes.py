"""Minutes, forms and extracts as Markdown, HTML and plain text. Outside text is always escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from casereview.core.text import safe
from casereview.report.marked import inline, md

HEAD_DIGITS = 16
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
VALUE_WORDS = {
    "yes": "yes", "no": "no", "cannot-tell": "cannot tell", "does-not-apply": "does not apply",
}  # fmt: skip


def day(on: date | str | None) -> str:
    """Return a date (or its ISO text) as people read it: Tue 3 Mar 2026."""
    if on is None:
        return "no date"
    when = date.fromisoformat(on) if isinstance(on, str) else on
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year}"


def _action(action: Mapping[str, Any]) -> str:
    words = f"{action['action']} {md(action['text'])} - {md(action['owner'])}"
    if action["doer"]:
        words += f" (done by {md(action['doer'])})"
    words += f", due {day(action['due_on'])}"
    if action["carried"]:
        words += f", carried {action['carried']} time{'s' if action['carried'] != 1 else ''}"
    return words


def minutes_markdown(m: Mapping[str, Any]) -> str:
    """Return the minutes of a review as Markdown."""
    lines = [
        f"# {md(m['pack'])}: {md(m['team'])}, {day(m['on'])}",
        "",
        f"Review {m['review']}, {m['status']}. Chair: {md(m['chair'])}.",
        f"Rules: {m['pack_id']} version {m['version']} ({m['hash'][:12]}).",
        f"Next meeting: {day(m['next_meeting'])}.",
        "",
        "## Present",
        "",
        *[f"- {md(p['who'])}: {p['status']}" for p in m["present"]],
        "",
        "## Summary",
        "",
        *_summary(m),
        "",
    ]
    for title, rows in _sections(m):
        if rows:
            lines += [f"## {title}", "", *rows, ""]
    lines += ["## Cases", ""]
    for case in m["cases"]:
        lines += [*_case(case), ""]
    head = (m["journal_head"] or "")[:HEAD_DIGITS]
    lines += ["---", "", f"Sealed journal head: {head or 'not sealed yet'}", ""]
    return "\n".join(lines)


def _summary(m: Mapping[str, Any]) -> list[str]:
    counts, pace = m["counts"], m["pace"]
    words = (
        ("Reviewed", "reviewed"),
        ("confirmed on plan", "confirmed"),
        ("not reached", "not_reached"),
        ("partly answered (not reviewed)", "partly_answered"),
        ("skipped", "skipped"),
        ("left before", "left"),
    )
    lines = ["- " + ", ".join(f"{word}: {counts[key]}" for word, key in words)]
    if pace["seconds_per_case"] is not None:
        lines.append(
            f"- Pace: {pace['seconds_per_case']} seconds a case"
            f" (target {pace['target_seconds_per_case']}),"
            f" {pace['confirmed_share']}% confirmed on plan"
        )
    return lines


def _sections(m: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    yield "Safeguarding worries raised", [_worry(w) for w in m.get("worries", ())]
    yield "Decisions", [_decision(d) for d in m["decisions"]]
    yield (
        "Actions by owner",
        [f"- {md(o)}: {len(rows)}" for o, rows in m["actions_by_owner"].items()],
    )
    yield (
        "Not reached, partly answered or skipped",
        [f"- {c['case']}: {_why_not(c)}" for c in m["not_reached"]],
    )
    yield "Dissent", [f"- {d['case']}, {md(d['by'])}: {md(d['words'])}" for d in m["dissent"]]
    yield (
        "Overrides of closed cases and those confirmed",
        [_override(o) for o in m.get("overrides", ())],
    )
    yield (
        "Carried three times or more: new owner, new approach, escalate or close",
        [f"- {_action(a)}" for a in m["leeches"]],
    )
    yield (
        "Ready and delayed, reason not recorded",
        [f"- {c}" for c in m["missing_delay_reasons"]],
    )
    yield "One step from completing", [f"- {c}" for c in m["one_step"]]


def _override(o: Mapping[str, Any]) -> str:
    how = "confirmed" if o["confirmed"] else "still to confirm"
    return (
        f"- {o['case']} ({md(o['person'])}), {o['stage']}, {how}: {md(o['requirements'])} by"
        f" {md(o['by'])} on {day(o['on'])} ({md(o['reason'])})"
    )


def _worry(w: Mapping[str, Any]) -> str:
    about = f" ({w['case']})" if w["case"] else ""
    now = ", danger now" if w["danger_now"] else ""
    return f"- {w['worry']}{about}: {md(w['owner'])} acts by {day(w['act_by'])}{now}"


def _decision(d: Mapping[str, Any]) -> str:
    words = (
        f"- {d['case']} to {d['to']}: {d['status'].replace('_', ' ')}, by {md(d['proposed_by'])}"
    )
    if d["countersigned_by"]:
        words += f", countersigned by {md(d['countersigned_by'])}"
    if d["effective_on"]:
        words += f", leaves {day(d['effective_on'])}"
    if d["reason"]:
        words += f" ({md(d['reason'])})"
    return words


def _why_not(case: Mapping[str, Any]) -> str:
    reasons = [m["reason"] for m in case["marks"] if m["reason"]]
    words = str(case["progress"])
    if case["unanswered"] and case["progress"] == "partly answered":
        words += f", still to ask: {', '.join(case['unanswered'])}"
    return words + (f" - {md(reasons[-1])}" if reasons else "")


def _case(case: Mapping[str, Any]) -> list[str]:
    lines = [f"### {case['case']} ({md(case['person'])}), {case['stage']}: {case['progress']}", ""]
    lines += [f"- {md(a['ask'])} **{_value(a)}** ({md(a['said_by'])}){_note(a)}"
              for a in case["answers"]]  # fmt: skip
    lines += [
        f"- Continue to {day(m['until_on'])}" for m in case["marks"] if m["kind"] == "confirmed"
    ]
    lines += [_decision(d).replace(f"{case['case']} to", "Decision: to") for d in case["decisions"]]
    lines += [
        f"- Action {a['action']} {md(a['text'])} - {a['status']}"
        for a in case.get("closed_actions", ())
    ]
    lines += [f"- Action {_action(a)}" for a in case["open_actions"]]
    lines += [
        f"- Override still to confirm: {md(o['requirements'])} by {md(o['by'])}"
        f" on {day(o['on'])} ({md(o['reason'])})"
        for o in case["overrides"]
    ]
    return lines


def _value(answer: Mapping[str, Any]) -> str:
    value = answer["value"]
    return VALUE_WORDS.get(value, md(value))


def _note(answer: Mapping[str, Any]) -> str:
    note = f": {md(answer['note'])}" if answer["note"] else ""
    return note + (" (from paper)" if answer["paper"] else "")


def extract_text(review: Mapping[str, Any], case: Mapping[str, Any]) -> str:
    """Return one case's review as plain text for another record system: no Markdown, no colour."""
    lines = [
        f"{review['pack']}, {review['team']}, {day(review['on'])}, chair {safe(review['chair'])}",
        f"{case['case']} ({safe(str(case['person']))}), {case['stage']}: {case['progress']}",
    ]
    for a in case["answers"]:
        value = VALUE_WORDS.get(a["value"], safe(str(a["value"])))
        note = f" ({safe(a['note'])})" if a["note"] else ""
        lines.append(f"{safe(a['ask'])} {value}, said by {safe(a['said_by'])}{note}")
    lines += [
        f"Decision: to {d['to']}, {d['status'].replace('_', ' ')}, by {safe(d['proposed_by'])}"
        + (f" and {safe(d['countersigned_by'])}" if d["countersigned_by"] else "")
        for d in case["decisions"]
    ]
    lines += [
        f"Action: {safe(a['text'] or '')}, {safe(a['owner'] or 'nobody')}, due {day(a['due_on'])}"
        for a in case["open_actions"]
    ]
    lines += [
        f"Action {a['status']}: {safe(a['text'] or '')}" for a in case.get("closed_actions", ())
    ]
    lines += [f"Dissent, {safe(d['by'])}: {safe(d['words'] or '')}" for d in case["dissent"]]
    head = (review["journal_head"] or "")[:HEAD_DIGITS]
    return "\n".join([*lines, f"Journal head {head or 'not sealed'}"]) + "\n"


_PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.2rem; margin-top: 2rem; }}
h3 {{ font-size: 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border: 1px solid; padding: .3rem; text-align: left; vertical-align: top; }}
.box {{ white-space: nowrap; }}
@media print {{ body {{ margin: 0; max-width: none; }} section {{ break-inside: avoid; }} }}
</style></head><body>
{body}
</body></html>
"""


def minutes_html(m: Mapping[str, Any]) -> str:
    """Return the minutes of a review as one HTML page without scripts or outside files."""
    body = [_html_line(line) for line in minutes_markdown(m).splitlines()]
    title = html.escape(f"{m['pack']}: {m['team']}, {day(m['on'])}")
    return _PAGE.format(title=title, body="\n".join(_joined(body)))


def _html_line(line: str) -> tuple[str, str]:
    for mark, tag in (("### ", "h3"), ("## ", "h2"), ("# ", "h1"), ("- ", "li")):
        if line.startswith(mark):
            return tag, inline(line.removeprefix(mark))
    if line == "---":
        return "hr", ""
    return ("p", inline(line)) if line else ("", "")


def _joined(lines: Iterable[tuple[str, str]]) -> Iterable[str]:
    inside = False
    for tag, text in lines:
        if inside and tag != "li":
            yield "</ul>"
            inside = False
        if tag == "li" and not inside:
            yield "<ul>"
            inside = True
        if tag == "hr":
            yield "<hr>"
        elif tag:
            yield f"<{tag}>{text}</{tag}>"
    if inside:
        yield "</ul>"


def form_html(form: Mapping[str, Any]) -> str:
    """Return the agenda as a form to print and fill in by hand."""
    title = html.escape(f"{form['pack']}: {form['team']}, {day(form['on'])}")
    parts = [
        f"<h1>{title}</h1><p>Review {form['review']}. Tick an answer; a no needs an action.</p>"
    ]
    for row in form["cases"]:
        actions = "".join(
            f"<li>{html.escape(safe(a['text'] or ''))} - {html.escape(safe(a['owner'] or ''))},"
            f" due {day(a['due_on'])}</li>"
            for a in row["open_actions"]
        )
        asks = "".join(
            f'<tr><td>{html.escape(q)}</td><td class="box">&#9633; yes &#9633; no'
            " &#9633; cannot tell</td><td></td></tr>"
            for q in row["questions"]
        )
        person = html.escape(safe(str(row["person"] or "")))
        parts.append(
            f"<section><h2>{row['position']}. {row['case']} ({person}), {row['stage']},"
            f" {html.escape(row['lane_words'])}</h2><ul>{actions}</ul><table><thead><tr>"
            "<th>Question</th><th>Answer</th><th>Action, who, by when</th></tr></thead>"
            f"<tbody>{asks}</tbody></table></section>"
        )
    return _PAGE.format(title=title, body="\n".join(parts))
