"""Outside text in Markdown, and lines of that Markdown as HTML: signs somebody typed stay signs."""

from __future__ import annotations

import html
import re

from casereview.core.text import safe

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")
_PARTS = re.compile(r"(\\[\\`*_{}\[\]<>#|~]|\*\*)")


def md(text: object) -> str:
    """Return outside text so that Markdown shows it as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", safe(str(text if text is not None else "")))


def inline(text: str) -> str:
    """Return one line of our Markdown as HTML; only stars that are not escaped make bold."""
    shown, bold = [], False
    for part in _PARTS.split(text):
        if part == "**":
            shown.append("</strong>" if bold else "<strong>")
            bold = not bold
        else:
            plain = part[1:] if _PARTS.fullmatch(part) else part
            shown.append(html.escape(plain, quote=True))
    return "".join([*shown, "</strong>" if bold else ""])
