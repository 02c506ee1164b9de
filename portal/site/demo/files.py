"""A drawn page that stands for a scanned paper; says so on its face."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from portal.settings.env import BASE_DIR

FONT = BASE_DIR / "static" / "build" / "fonts" / "BeVietnamPro-Regular.ttf"


def sample_scan(title: str, holder: str) -> bytes:
    """Return a PNG of an A5 page with a title and a holder's name."""
    page = Image.new("RGB", (874, 1240), "#fdfbf6")
    draw = ImageDraw.Draw(page)
    draw.rectangle((40, 40, 834, 1200), outline="#a51c24", width=4)
    font = ImageFont.truetype(str(FONT), 30) if FONT.exists() else ImageFont.load_default(30)
    for line, text in enumerate([*_wrapped(title, 44), "", holder, "", "BẢN MẪU – KHÔNG CÓ GIÁ TRỊ"]):
        draw.text((80, 110 + 56 * line), text, fill="#1d1a16", font=font)
    out = BytesIO()
    page.save(out, "PNG", optimize=True)
    return out.getvalue()


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:6]
