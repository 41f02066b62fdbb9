"""The XML inside a spreadsheet: which part holds a sheet, and whether a part is whole."""

from __future__ import annotations

from posixpath import join, normpath
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from casereview.exchange.formats.archives import Parts

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class _Deaf:
    """Hears nothing of what a parser says, so that no tree is built."""

    def close(self) -> None:
        """End; there is nothing to return."""


def is_whole(content: bytes) -> bool:
    """Tell whether a part is whole XML without a document type."""
    parser = DefusedXMLParser(target=_Deaf(), forbid_dtd=True)
    try:
        parser.feed(content)
        parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return False
    return True


def part_of(parts: Parts, sheet: str) -> str:
    """Return the name of the part with the cells of a sheet, "" when the workbook is odd."""
    try:
        book = ElementTree.fromstring(parts.text("xl/workbook.xml"), forbid_dtd=True)
        links = ElementTree.fromstring(parts.text("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return ""
    ids = {
        one.get("name"): one.get(_RELATION) or one.get(_STRICT)
        for one in book.iter()
        if one.tag.endswith("}sheet") or one.tag == "sheet"
    }
    targets = {one.get("Id"): one.get("Target", "") for one in links.iter()}
    target = targets.get(ids.get(sheet), "")
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
