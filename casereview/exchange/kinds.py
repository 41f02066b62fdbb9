"""What a file is, by its first bytes; what is not read is refused with what is."""

from __future__ import annotations

import codecs
import re

from casereview.exchange.survey import Survey, unreadable

READ = "Read are CSV, XLSX, XLS, ODS, XES, HL7 v2 and XML by layout."
TEXT, SHEET, XES, XML, HL7, GZIP = "text", "sheet", "xes", "xml", "hl7", "gzip"
FORMAT_OF = {TEXT: "table", SHEET: "table", XES: "xes", XML: "xml", HL7: "hl7"}
SHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
_OTHERS = (
    (b"%PDF", "a PDF file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
)
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
_LOG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?log[\s>/]")
_XML = re.compile(rb"<(\?xml|!--|!DOCTYPE|[A-Za-z_])", re.IGNORECASE)
_BATCH = re.compile(rb"(?:\x0b|(?:FHS|BHS)\|[^\r\n]*[\r\n]+)*MSH\|")


def kind_of(name: str, found: Survey) -> str:
    """Return what a file is, one of the words of this module.

    Raises:
        Unreadable: it is of a kind that is not read; the sentence says what is.
    """
    head, ending = found.head, name.lower()
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return SHEET
    if head.startswith(b"\x1f\x8b"):
        return GZIP
    for start, what in _OTHERS:
        if head.startswith(start):
            raise unreadable(name, f"This is {what}. {READ}")
    text = _plain(head)
    if _HTML.match(text):
        raise unreadable(
            name,
            "This is a web page (HTML), not a spreadsheet. Open it in the spreadsheet program and "
            "save it as XLSX or as CSV UTF-8.",
        )
    if _BATCH.match(text):
        return HL7
    if _XML.match(text):
        return XES if _LOG.search(text) or ending.endswith(".xes") else XML
    if text[:1] in (b"{", b"["):
        raise unreadable(name, f"This is JSON, which is not read. {READ}")
    if ending.endswith(SHEETS):
        raise unreadable(
            name,
            "This is no spreadsheet but text under a spreadsheet's ending (not a zip file). If it "
            "is CSV, rename it to end in .csv.",
        )
    return TEXT


def _plain(head: bytes) -> bytes:
    """Return the beginning as bytes of ASCII, without its mark and blanks before it."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="ignore").encode("ascii", errors="ignore").lstrip()
    return head.removeprefix(codecs.BOM_UTF8).lstrip()
