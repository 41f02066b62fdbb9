"""What a file is, by its first bytes; what is not read is refused with what is."""

from __future__ import annotations

import codecs
import re
import zlib

from casereview.exchange.formats.survey import Survey, unreadable

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
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"MIME-Version:", "a web page saved with its pictures"),
)
_HTML = re.compile(
    rb"(?:<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|table|meta|div|style|script|title)\b"
    rb"|(?:<\?.*?\?>\s*|<!--.*?-->\s*)+<(!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_OLD_XML_SHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
_LOG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?log[\s>/]")
_XML = re.compile(rb"<(\?xml|!--|!DOCTYPE|[A-Za-z_])", re.IGNORECASE)
_BATCH = re.compile(
    rb"(?:\x0b|(?:FHS|BHS)[^\w\s][^\r\n]*[\r\n]+)*MSH(?:\||([^\w\s])(?:(?!\1)[^\w\s]){3,5}\1)"
)
"""A message names its own separators in its first two fields. Source: HL7 v2, MSH-1 and MSH-2."""
_EMPTY_BATCH = re.compile(rb"(?:\x0b|(?:FHS|BHS|BTS|FTS)[^\w\s][^\r\n\x1c]*(?:[\r\n\x1c]+|$))+$")
_MESSAGE_LATER = re.compile(rb"[\r\n\x0b]MSH[^\w\s]")


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
    text = _plain(head)
    _refuse_others(name, head, text)
    if (
        _BATCH.match(text)
        or _EMPTY_BATCH.match(text)
        or (ending.endswith(".hl7") and _MESSAGE_LATER.search(text))
    ):
        return HL7
    if _XML.match(text):
        return XES if _LOG.search(text) or ending.endswith(".xes") else XML
    _refuse_by_ending(name, ending)
    return TEXT


def _refuse_others(name: str, head: bytes, text: bytes) -> None:
    """Refuse what is not read, whatever its name."""
    what = next((what for start, what in _OTHERS if head.startswith(start)), "")
    if what:
        raise unreadable(name, f"This is {what}. {READ}")
    if _HTML.match(text):
        raise unreadable(
            name,
            "This is a web page (HTML), not a spreadsheet. Open it in the spreadsheet program and "
            "save it as XLSX or as CSV UTF-8.",
        )
    if _OLD_XML_SHEET in text:
        raise unreadable(
            name,
            "This is a spreadsheet written as XML, which is not read. Open it in the spreadsheet "
            "program and save it as XLSX.",
        )
    if text[:1] in (b"{", b"[") or name.lower().endswith((".json", ".ndjson")):
        raise unreadable(name, f"This is JSON, which is not read. {READ}")


def _refuse_by_ending(name: str, ending: str) -> None:
    """Refuse text whose name says that it is something else."""
    if ending.endswith((".xes", ".hl7")):
        xes = ending.endswith(".xes")
        what = "no XES: there is no XML" if xes else "no HL7 v2: there is no MSH segment"
        raise unreadable(name, f"This is {what} in it.")
    if ending.endswith(SHEETS):
        raise unreadable(
            name,
            "This is no spreadsheet but text under a spreadsheet's ending (not a zip file). If it "
            "is CSV, rename it to end in .csv.",
        )


def check_packed(name: str, head: bytes) -> None:
    """Refuse a gzip file that holds something other than XML.

    Args:
        name: of the file.
        head: its first bytes, packed.

    Raises:
        Unreadable: it holds something else; a damaged one is told when it is unpacked.
    """
    try:
        inside = zlib.decompressobj(31).decompress(head, 4096)
    except zlib.error:
        return
    if inside and not _XML.match(_plain(inside)):
        raise unreadable(
            name,
            f"This is a gzip file, and there is no XML in it; only XES and XML may be packed. "
            f"Unpack it first. {READ}",
        )


def _plain(head: bytes) -> bytes:
    """Return the beginning as bytes of ASCII, without its mark and blanks before it."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="ignore").encode("ascii", errors="ignore").lstrip()
    return head.removeprefix(codecs.BOM_UTF8).lstrip()
