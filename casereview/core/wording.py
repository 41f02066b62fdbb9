"""Word forms: a pathway says "the patient" or "the child", packs and requirements say {person}."""

from __future__ import annotations

import re
from collections.abc import Mapping

DEFAULT_WORDS: Mapping[str, str] = {
    "person": "the service user",
    "a_person": "a service user",
    "persons": "service users",
    "persons_own": "the service user's",
    "carer": "the family or carer",
    "place": "the service",
}
_FORM = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, words: Mapping[str, str]) -> str:
    """Fill word forms in; the first letter of the sentence stays a capital.

    A form that the pathway does not give falls back to the common word; any other brace stays.
    """
    filled = _FORM.sub(lambda m: words.get(m[1]) or DEFAULT_WORDS.get(m[1], m[0]), text)
    return filled[:1].upper() + filled[1:]
