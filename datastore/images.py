"""Photos as papers: opened whole, turned upright, freed of metadata and written anew (ảnh chụp giấy tờ)."""

import tempfile
from typing import IO, Any

import pi_heif
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from datastore.sniffing import HEIF_CURE, RefusedFileError

LONGEST_SIDE = 4000  # an A4 page at 300 dpi is 3,508 high
MAX_PIXELS = {"JPEG": 85_000_000, "PNG": 40_000_000, "WEBP": 40_000_000, "HEIF": 50_000_000}
_PHOTO_BESIDE = "MPO"
"""A JPEG with other pictures behind it, as many phones and cameras write (CIPA DC-007); the first is the photo."""
JPEG_QUALITY = 88
IN_MEMORY_BYTES = 1024 * 1024

pi_heif.register_heif_opener(thumbnails=False)

BROKEN = _("Ảnh đã hỏng hoặc tải lên chưa trọn. Hãy mở thử ảnh trên máy của bạn, hoặc chụp lại, rồi tải lên.")
TOO_LARGE = _("Ảnh có quá nhiều điểm. Hãy giảm kích thước ảnh hoặc chụp lại ở cỡ thường rồi tải lên.")


def rewrite(stream: IO[bytes]) -> tuple[IO[bytes], str]:
    """Return a clean copy of a photo and its media type; raise RefusedFileError where it does not open whole.

    Re-encoding drops place, camera and owner marks and whatever else was glued to the picture. WebP and HEIC become
    JPEG, which every agency's system opens. A side is at most LONGEST_SIDE points, so a phone's 50-megapixel photo
    stays readable and small. Of what moves nobody could say which picture is the paper: it is refused.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint's import switches it on for the whole process
    try:
        stream.seek(0)
        with Image.open(stream, formats=list(MAX_PIXELS)) as probe:
            kind = "JPEG" if probe.format == _PHOTO_BESIDE else probe.format or ""
            if kind in {"PNG", "WEBP"} and getattr(probe, "is_animated", False):
                raise RefusedFileError(HEIF_CURE)
            if probe.width * probe.height > MAX_PIXELS[kind]:
                raise RefusedFileError(TOO_LARGE)
            probe.verify()
        stream.seek(0)
        with Image.open(stream, formats=[kind]) as opened:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG only: decodes large photos at a fraction
            return _encode(opened, kind)
    except (
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise RefusedFileError(TOO_LARGE) from error  # by its header, before any decoding
    except (UnidentifiedImageError, EOFError, OSError, RuntimeError, SyntaxError, ValueError) as error:
        if isinstance(error, RefusedFileError):
            raise
        raise RefusedFileError(BROKEN) from error


def _encode(opened: Image.Image, kind: str) -> tuple[IO[bytes], str]:
    opened.load()
    image = ImageOps.exif_transpose(opened)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - handed to the caller
    options: dict[str, Any]
    if kind == "PNG":
        image, options = _png_mode(image), {"format": "PNG", "compress_level": 6}
    else:
        image, options = _on_white(image), {"format": "JPEG", "quality": JPEG_QUALITY}
    image.info = {}
    image.save(target, **options)
    target.seek(0)
    return target, "image/png" if kind == "PNG" else "image/jpeg"


def _png_mode(image: Image.Image) -> Image.Image:
    if image.mode in {"1", "L", "LA", "RGB", "RGBA"}:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image if image.mode in {"L", "RGB"} else image.convert("RGB")
