"""From the bytes of a file to its text."""

from echelon_desktop.model.codes import Code
from echelon_desktop.model.csv_io.log import FindingLog

_NUL = "\0"
_MARK = "\ufeff"  # of Unicode's byte order


def decode(name: str, data: bytes, log: FindingLog) -> tuple[str, str]:
    """
    Text of a file and the name of its encoding.

    UTF-8 is tried strictly, then Windows-1252, which is what US Excel writes as plain "CSV"; UTF-16 is known
    by its mark. NUL characters are taken out, and the marks inside that files put one behind the other leave.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, encoding = data.decode("utf-16", errors="replace"), "utf-16"
    else:
        try:
            text, encoding = data.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError:
            data = data.removeprefix(b"\xef\xbb\xbf")
            text, encoding = data.decode("cp1252", errors="replace"), "cp1252"
            log.add(
                Code.NOT_UTF8,
                f"{name} is not in UTF-8; it was read as Windows-1252.",
                'Look at names with accents; save the file as "CSV UTF-8" next time.',
                file=name,
            )
    broken = text.count("\ufffd") if encoding != "utf-8" else 0
    if broken:
        log.add(
            Code.BROKEN_CHARACTERS,
            f"{name} has {broken} characters that cannot be read; \ufffd stands in their place.",
            'Export the file again as "CSV UTF-8".',
            file=name,
        )
    if _NUL in text:
        log.add(
            Code.NUL_CHARACTERS,
            f"{name} has {text.count(_NUL)} NUL characters; they were left out.",
            "The file may be damaged or cut off: compare its last rows with the source.",
            file=name,
        )
        text = text.replace(_NUL, "")
    return text.replace(_MARK, ""), encoding
