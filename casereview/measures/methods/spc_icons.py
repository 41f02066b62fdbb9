"""What a chart says in two icons: is it changing, and can it be relied on to meet its target."""

from __future__ import annotations

from dataclasses import dataclass

from casereview.measures.methods.spc_limits import Limits
from casereview.measures.methods.spc_rules import COMMON, UP

TOO_FEW = "too_few_points"
VARIATION_WORDS = {
    "common_cause": "no significant change",
    "improvement_high": "improving: special cause, higher",
    "improvement_low": "improving: special cause, lower",
    "concern_high": "worsening: special cause, higher",
    "concern_low": "worsening: special cause, lower",
    "neutral_high": "changing: special cause, higher",
    "neutral_low": "changing: special cause, lower",
    TOO_FEW: "too few points to say",
}
ASSURANCE_WORDS = {
    "pass": "meets the target consistently",
    "fail": "misses the target consistently",
    "inconsistent": "meets and misses the target by chance",
    TOO_FEW: "too few points to say",
}


@dataclass(frozen=True, slots=True)
class Icons:
    """Both icons by name; assurance is None where no target was set or no direction is better."""

    variation: str
    assurance: str | None


def point_type(label: str, improvement: str) -> str:
    """Return what a special cause means: improvement, concern, or neutral and which way."""
    if label == COMMON:
        return "common_cause"
    up = label in UP
    if improvement == "neutral":
        return f"special_cause_neutral_{'high' if up else 'low'}"
    better = up == (improvement == "increase")
    return "special_cause_improvement" if better else "special_cause_concern"


def icons_of(
    limits: Limits,
    last_type: str,
    last_label: str,
    improvement: str,
    target: float | None,
    *,
    enough: bool,
    targeted: bool,
) -> Icons:
    """Return the icons that the last point and its limits give.

    Args:
        limits: of the last part.
        last_type: what the last point means.
        last_label: the rule that names it.
        improvement: increase, decrease or neutral.
        target: None for none.
        enough: whether the last part has the points that icons need.
        targeted: whether an assurance icon is asked for.
    """
    wants = targeted and improvement != "neutral"
    if not enough:
        return Icons(TOO_FEW, TOO_FEW if wants else None)
    return Icons(
        _variation(last_type, last_label),
        assurance(limits, improvement, target) if wants else None,
    )


def _variation(last_type: str, label: str) -> str:
    word = last_type.removeprefix("special_cause_")
    if word in ("common_cause", "neutral_high", "neutral_low"):
        return word
    return f"{word}_{'high' if label in UP else 'low'}"


def assurance(limits: Limits, improvement: str, target: float | None) -> str:
    """Return pass, fail or inconsistent; a target on a limit is inconsistent."""
    if target is None or limits.lower is None or limits.upper is None:
        return "inconsistent"
    if target > limits.upper:
        return "fail" if improvement == "increase" else "pass"
    if target < limits.lower:
        return "pass" if improvement == "increase" else "fail"
    return "inconsistent"
