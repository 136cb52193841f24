"""Decode the bytes of an untrusted XML file, by byte order mark first, then by declaration."""

from __future__ import annotations

import codecs
import re

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
DECLARABLE = (
    "utf-8 us-ascii ascii iso-8859-1 iso-8859-15 windows-1250 windows-1251 windows-1252 windows-1254 "
    "gb2312 gbk gb18030 big5 shift_jis euc-jp euc-kr koi8-r"
)
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']")


class UnknownEncoding(ValueError):  # noqa: N818 - the encoding of the file is unknown; this is no error of ours
    """The file declares an encoding that no service file has a reason to use."""


def decode(data: bytes) -> str:
    """Return the text of an XML file, without its byte order mark.

    Raises ``UnicodeDecodeError`` when the bytes are not of their encoding, and ``UnknownEncoding`` when the
    declaration names an encoding that is not read (Python has codecs that an untrusted file must not choose).
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    return data.decode(_unmarked(data))


def _unmarked(data: bytes) -> str:
    for start, encoding in UNMARKED:
        if data.startswith(start):
            return encoding
    declared = _DECLARATION.match(data)
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if encoding not in DECLARABLE.split():
        raise UnknownEncoding(encoding)
    return encoding
