"""Which part of an XLSX file holds a sheet."""

from __future__ import annotations

from posixpath import join, normpath
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from casereview.exchange.archives import Parts

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def part_of(parts: Parts, sheet: str) -> str:
    """Return the name of the part with the cells of a sheet, "" when the workbook is odd."""
    try:
        book = ElementTree.fromstring(parts.text("xl/workbook.xml"), forbid_dtd=True)
        links = ElementTree.fromstring(parts.text("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        return ""
    ids = {
        one.get("name"): one.get(_RELATION) or one.get(_STRICT)
        for one in book.iter()
        if one.tag.endswith("}sheet") or one.tag == "sheet"
    }
    targets = {one.get("Id"): one.get("Target", "") for one in links.iter()}
    target = targets.get(ids.get(sheet), "")
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
