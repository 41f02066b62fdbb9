"""Identifiers of people: NHS numbers, local ids, initials for shared screens, ages.

No sentence that is raised here repeats the identifier it is about.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from types import MappingProxyType

from casereview.core.calendar import years_since
from casereview.core.text import checked_name, safe
from casereview.errors import Refused

NHS_DIGITS = 10
INITIALS_MAX = 4
NO_INITIALS = "?"
# The oldest person on record reached 122; above this a birth date is a placeholder or a slip.
AGE_MAX = 125
AGE_BAND_STARTS = (0, 5, 11, 16, 18, 25, 35, 45, 55, 65, 75, 85)
AGE_UNKNOWN = "age unknown"
UNBORN = "unborn"
SEX_WORDS = MappingProxyType({
    "f": "female", "female": "female", "woman": "female", "girl": "female",
    "m": "male", "male": "male", "man": "male", "boy": "male",
})  # fmt: skip
"""Words for a sex that mean the same."""

_SPACES_AND_HYPHENS = re.compile(r"[\s\u00ad\u200b\u2010-\u2015\u2212\ufe63\ufeff\uff0d-]+")
_FULL_WIDTH = {0xFF10 + n: str(n) for n in range(10)}
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_SCIENTIFIC = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)
_DECIMAL = re.compile(r"[0-9]{9,10}[.,]0+")
_WORDS = re.compile(r"[\s.,;:/()\[\]&\"\u00a0\u2010-\u2015-]+")


def normalise_nhs_number(text: str) -> str:
    """Return the text without spaces and hyphens, full-width digits as plain ones; not checked.

    It stays text, so that a leading zero is kept.
    """
    return _SPACES_AND_HYPHENS.sub("", text).translate(_FULL_WIDTH)


def check_nhs_number(text: str) -> str:
    """Return the ten digits of a valid NHS number.

    Weights 10 to 2 on the first nine digits; 11 minus the remainder of 11 is the check digit, 11
    counts as 0, and 10 makes the number invalid. Ten equal digits are refused although 0000000000
    passes the sum.

    Raises:
        Refused: it is no valid NHS number; the sentence says why without repeating it.

    Source: NHS number check digit (T-43).
    """
    digits = normalise_nhs_number(text)
    fault = _nhs_fault(digits)
    if fault:
        raise Refused(
            f"That is not a valid NHS number: {fault}",
            code="nhs_number",
            next="Check it against the record, or leave it out.",
        )
    return digits


def is_nhs_number(text: str) -> bool:
    """Tell whether the text is a valid NHS number, with or without spaces and hyphens."""
    return not _nhs_fault(normalise_nhs_number(text))


def never_issued(number: str) -> bool:
    """Tell whether a number lies in the range kept for tests, 999 000 0000 to 999 999 9999.

    Source: NHS number ranges, 999 is never issued.
    """
    return normalise_nhs_number(number).startswith("999")


def format_nhs_number(number: str) -> str:
    """Return the number as it is shown, 3-3-4; anything but ten digits comes back unchanged."""
    digits = normalise_nhs_number(number)
    if not _TEN_DIGITS.fullmatch(digits):
        return number
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def _nhs_fault(digits: str) -> str:
    if not digits:
        return "it is empty."
    if _SCIENTIFIC.fullmatch(digits) or _DECIMAL.fullmatch(digits):
        return "a spreadsheet has turned it into a number; export the column as text."
    if not (digits.isascii() and digits.isdigit()):
        return "it holds something other than digits, spaces and hyphens."
    if len(digits) != NHS_DIGITS:
        return f"it has {len(digits)} digits instead of 10."
    if len(set(digits)) == 1:
        return "all its digits are the same."
    return _check_digit_fault(digits)


def _check_digit_fault(digits: str) -> str:
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    check = 11 - total % 11
    if check == 10:
        return "no number with these first nine digits exists."
    return "" if check % 11 == int(digits[9]) else "its check digit does not fit."


def local_id(text: str) -> str:
    """Return a local identifier as it was typed, trimmed and made safe: 0012 and 1E5 stay text.

    Raises:
        Refused: it is empty or longer than 200 characters.
    """
    return checked_name(text, what="local id")


def local_id_key(text: str) -> str:
    """Return the form in which two local ids are compared: C001, c001 and full-width C001 are one.

    0012 and 12 stay apart.
    """
    wide = unicodedata.normalize("NFKC", safe(text.strip()))
    return unicodedata.normalize("NFKC", wide.casefold()).strip()


def foreign_letters(text: str) -> tuple[str, ...]:
    """Return the Unicode names of letters in an id that are not Latin, each once, in order.

    A Cyrillic or Greek letter that looks like a Latin one makes a second person out of one; callers
    warn when this is not empty.
    """
    names = (
        unicodedata.name(character, "unnamed letter")
        for character in unicodedata.normalize("NFKC", text)
        if character.isalpha()
    )
    return tuple(dict.fromkeys(name for name in names if not name.startswith("LATIN ")))


def initials(name: str) -> str:
    """Return the initials for a shared screen, 1 to 4 letters, "?" when the name has no letter.

    Every part of a hyphenated name counts; words without letters (emoji, numbers) do not. A letter
    keeps its combining marks.
    """
    letters = [_initial(word) for word in _WORDS.split(safe(name))]
    return "".join([letter for letter in letters if letter][:INITIALS_MAX]) or NO_INITIALS


def _initial(word: str) -> str:
    start = next((n for n, character in enumerate(word) if character.isalpha()), None)
    if start is None:
        return ""
    letter = word[start]
    upper = letter.upper()
    # Some letters have capitals of two letters (sharp s); one letter is enough for an initial.
    found = unicodedata.normalize("NFC", upper if len(upper) == 1 else upper[0])
    for character in word[start + 1 : start + 3]:
        if not unicodedata.category(character).startswith("M"):
            break
        found += character
    return unicodedata.normalize("NFC", found)


def age_on(born_on: date | None, on: date) -> int | None:
    """Return the age in whole years; None when the birth date is unknown or after `on`."""
    if born_on is None or born_on > on:
        return None
    return years_since(born_on, on)


def age_shown(born_on: date | None, expected_on: date | None, on: date) -> str:
    """Return the age band on a day; "unborn" where only the expected day of birth is known."""
    if born_on is None and expected_on is not None:
        return UNBORN
    return age_band(age_on(born_on, on))


def checked_born_on(born_on: date, *, on: date) -> date:
    """Return a plausible date of birth.

    Raises:
        Refused: it is after `on`, or more than 125 years before it.
    """
    if born_on > on:
        raise Refused(
            "The date of birth is in the future.",
            code="born_on",
            next="Check the day, month and year, or leave it out.",
        )
    if years_since(born_on, on) > AGE_MAX:
        raise Refused(
            f"The date of birth would make the person more than {AGE_MAX} years old.",
            code="born_on",
            next="Leave it out when it is only a placeholder.",
        )
    return born_on


def age_band(age: int | None) -> str:
    """Return the band shown instead of a date of birth, e.g. "18-24", "85+", "age unknown"."""
    if age is None or age < 0:
        return AGE_UNKNOWN
    starts = AGE_BAND_STARTS
    n = max(n for n, start in enumerate(starts) if start <= age)
    return f"{starts[n]}+" if n + 1 == len(starts) else f"{starts[n]}-{starts[n + 1] - 1}"
