"""What a file really is, from its first bytes; its name is only a claim (nhận dạng loại tệp)."""

import filetype
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from datastore.filenames import extension_of

HEAD_BYTES = 8192
PDF = "application/pdf"
HEIC = "image/heic"
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", HEIC})
ACCEPTED = IMAGES | {PDF}
NAMES = {PDF: "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", HEIC: "HEIC"}
_PICTURES = (".jpg", ".png", ".webp", ".heic", ".heif")
_FAMILY_OF_EXTENSION = {".pdf": "pdf", **dict.fromkeys(_PICTURES, "image")}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")
_OTHER_HEIF_BRANDS = (b"hevc", b"hevx", b"msf1", b"avif", b"avis")
_MOVING_PNG = "image/apng"
_OFFICE_EXTENSIONS = frozenset({".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".rtf"})
_OFFICE_MARKERS = (b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis", b"[Content_Types].xml")

HEIF_CURE = _(
    "Ảnh AVIF, ảnh động hoặc chuỗi ảnh chưa nhận được. Hãy mở ảnh, lưu hoặc xuất lại thành JPG rồi tải lên; trên "
    "điện thoại có thể chụp màn hình và tải ảnh chụp đó."
)
OFFICE_CURE = _(
    "Tệp Word, Excel chưa nhận được vì mỗi máy hiện một khác. "
    "Mở tệp, chọn Tệp > Lưu dưới dạng > PDF, rồi tải tệp PDF lên."
)
ARCHIVE_CURE = _("Tệp nén chưa nhận được. Hãy giải nén rồi tải từng giấy tờ lên.")
VIDEO_CURE = _("Phim và âm thanh không nhận được ở đây. Hãy chụp ảnh giấy tờ rồi tải ảnh lên.")
OTHER_CURE = _("Chỉ nhận PDF và ảnh JPG, PNG, WebP, HEIC. Hãy chụp ảnh giấy tờ hoặc lưu thành PDF rồi tải lên.")
LYING = _(
    "Tệp có đuôi “%(extension)s” nhưng nội dung là %(kind)s. "
    "Hãy kiểm tra lại đúng tệp cần nộp, đổi đuôi cho khớp rồi tải lên."
)
OTHERWISE = _(
    "Tệp có đuôi “%(extension)s” nhưng bên trong là %(kind)s, không phải ảnh hay PDF. "
    "Hãy chọn đúng tệp cần nộp, hoặc chụp ảnh giấy tờ rồi tải ảnh lên."
)
BROKEN_PICTURE = _(
    "Tệp có đuôi “%(extension)s” nhưng không mở được thành ảnh, có thể đã hỏng. "
    "Hãy chụp lại giấy tờ, hoặc mở ảnh, lưu lại thành JPG rồi tải lên."
)
_PROGRAM_HEADS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"#!")
_WEB_HEADS = (b"<!doctype html", b"<html", b"<head", b"<script")


class RefusedFileError(ValueError):
    """The file cannot be taken; the message says why and what to do."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


def content_type_of(head: bytes, name: str) -> str:
    """Return the media type of an accepted file; raise RefusedFileError with the cure for anything else.

    A name that claims another family than the content (a photo called .pdf) is refused, since one of the two is a
    mistake; within images the content wins silently, as phones mix them up.
    """
    found = _sniff(head)
    extension = extension_of(name)
    if found not in ACCEPTED:
        raise RefusedFileError(_cure(found, head, extension))
    claimed = _FAMILY_OF_EXTENSION.get(extension)
    actual = "pdf" if found == PDF else "image"
    if extension and claimed != actual:
        raise RefusedFileError(LYING % {"extension": extension, "kind": NAMES[found]})
    return found


def _sniff(head: bytes) -> str:
    if head.startswith(b"%PDF-"):  # at the very start: a PDF hidden behind other bytes is two files in one
        return PDF
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    kind = filetype.guess(head)
    return str(kind.mime) if kind and kind.mime not in {PDF, HEIC} else ""


def _cure(found: str, head: bytes, extension: str) -> str | Promise:
    kind = _plain_kind(head) if extension in _FAMILY_OF_EXTENSION else ""
    if kind:
        return OTHERWISE % {"extension": extension, "kind": kind}
    is_other_heif = head[4:8] == b"ftyp" and head[8:12] in _OTHER_HEIF_BRANDS
    if is_other_heif or found == _MOVING_PNG or extension in {".heic", ".heif", ".avif"}:
        return HEIF_CURE
    is_zip = head.startswith(b"PK")
    if extension in _OFFICE_EXTENSIONS or head.startswith(b"\xd0\xcf\x11\xe0") or (is_zip and _has_office_part(head)):
        return OFFICE_CURE
    if is_zip or found.startswith(("application/x-rar", "application/x-7z", "application/gzip", "application/x-tar")):
        return ARCHIVE_CURE
    if found.startswith(("video/", "audio/")):
        return VIDEO_CURE
    if extension == ".pdf":
        return _(
            "Tệp có đuôi “.pdf” nhưng không phải PDF, hoặc đã hỏng. Hãy mở thử tệp, lưu lại thành PDF rồi tải lên."
        )
    if extension in _PICTURES:
        return BROKEN_PICTURE % {"extension": extension}
    return OTHER_CURE


def _plain_kind(head: bytes) -> str | Promise:
    """What a file is that carries the name of a picture or PDF and is neither; empty where nobody can tell."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(_PROGRAM_HEADS):
        return _("chương trình máy tính")
    if start.startswith(_WEB_HEADS):
        return _("trang web")
    try:
        text = head.decode()
    except UnicodeDecodeError as error:  # the head may end inside a letter
        text = head[: error.start].decode() if len(head) - error.start < 4 else ""
    is_text = bool(text.strip()) and all(letter.isprintable() or letter in "\r\n\t\ufeff" for letter in text)
    return _("văn bản thường") if is_text else ""


def _has_office_part(head: bytes) -> bool:
    return any(marker in head for marker in _OFFICE_MARKERS)
