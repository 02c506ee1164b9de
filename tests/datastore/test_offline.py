"""The checker in a real browser: signature on the device, with the network off, by camera, picture and keyboard.

Results are issued in a thread of their own, since Playwright keeps an event loop running in this one.
"""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image, ImageChops, ImageDraw, ImageStat
from qrcode import QRCode, constants
from qrcode.util import QRData

from datastore.results import service
from portal.core import qr
from tests.browser import icons
from tests.browser.conftest import browser  # noqa: F401 - the one Chromium of the run
from tests.datastore.papers import words
from tests.threads import in_a_thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VECTORS = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "verifier-vectors.json").read_text(encoding="utf-8")
)


BYTES_KEPT = """async () => {
    const kept = await caches.match("/xm/thu-hoi.cose")
    return kept ? (await kept.arrayBuffer()).byteLength : 0
}"""
"""How long the signed list of withdrawn results is that this device keeps: each result makes it longer."""


def fetch_lists(page):
    """As the page does before it judges: the worker keeps what comes."""
    for name in ("goc.json", "khoa.jws", "thu-hoi.cose"):
        page.evaluate(f"fetch('/xm/{name}').then((answer) => answer.arrayBuffer())")


def address(credential):
    return f"/XM/{credential.public_id}#{credential.token}"


def test_a_scanned_address_shows_status_and_signed_fields(context, issued):
    page = context.new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    page.goto(address(issued))
    page.locator("[data-fields]").wait_for()
    assert "Còn hiệu lực" in page.locator("[data-status]").inner_text()
    assert "Chữ ký đúng" in words(page)
    assert page.locator("[data-field=holder_name]").inner_text() == "Nguyễn Thị Ánh Dương"
    assert "giấy giả" not in page.locator("[data-signature-note]").inner_text()
    of_system = page.locator("[data-fields] h3 + dl [data-field]:visible")
    assert [cell.get_attribute("data-field") for cell in of_system.all()][-2:] == ["issued_at", "system"]
    assert page.locator("[data-field=scope]").inner_text() == "Toàn quốc"
    assert not any(issued.token[:40] in text.partition("#")[0] for text in sent)


def test_with_the_network_off_the_signature_is_still_checked(context, checker, issued):
    checker.reload()  # the keys of the first result are fetched and kept
    fetch_lists(checker)
    context.set_offline(True)
    checker.goto(address(issued))
    checker.locator("[data-fields]").wait_for()
    assert "Chữ ký đúng" in words(checker)
    note = checker.locator("[data-signature-note]").inner_text()
    assert "Không có mạng" in note and "Theo danh sách đó, giấy này chưa bị thu hồi hay thay thế." in note
    assert checker.locator("[data-field=number]").inner_text() == "123/2026"


def test_with_the_network_off_a_revoked_result_is_known_from_the_list(context, checker, citizen, result):
    ends = replace(result, valid_until=timezone.localdate() + timedelta(days=90))
    issued = in_a_thread(service.issue, owner=citizen, reference="H29-1", result=ends).credential
    before = context.new_page()
    before.goto(address(issued))
    before.locator("[data-field=expires_at]").wait_for()
    before.close()
    in_a_thread(service.revoke, issued.document_id, reason="x")
    fetch_lists(checker)
    context.set_offline(True)
    checker.goto(address(issued))
    checker.locator("[data-fields]").wait_for()
    assert "thu hồi" in words(checker) and checker.locator("[data-field=expires_at]").is_hidden()
    # a device that has seen a newer list takes no older one for the truth
    checker.evaluate("localStorage.setItem('verify-newest', JSON.stringify({ withdrawn: 4e9 }))")
    checker.reload()
    checker.locator("[data-fields]").wait_for()
    assert "cũ hơn" in checker.locator("[data-signature-note]").inner_text()


def test_a_look_online_renews_the_list_that_tells_of_a_revocation_offline(context, checker, citizen, result, issued):
    looked_at = in_a_thread(service.issue, owner=citizen, reference="H29-2", result=result).credential
    fetch_lists(checker)
    before = checker.evaluate(BYTES_KEPT)
    in_a_thread(service.revoke, issued.document_id, reason="x")
    checker.goto(address(looked_at))  # of another paper: nobody looks at the revoked one while the network is there
    checker.wait_for_function(f"async (before) => await ({BYTES_KEPT})() > before", arg=before)
    checker.locator("[data-signature].verdict--jade").wait_for()
    context.set_offline(True)
    checker.goto(address(issued))
    checker.locator("[data-signature].verdict--crimson").wait_for()
    assert "thu hồi" in words(checker)
    checker.goto(address(looked_at))
    checker.locator("[data-signature].verdict--jade").wait_for()


def test_with_the_network_off_a_paper_younger_than_the_list_is_unsure(context, checker, citizen, result, issued):
    checker.reload()
    fetch_lists(checker)
    checker.wait_for_timeout(1100)  # lists and papers tell their time in seconds
    younger = in_a_thread(service.issue, owner=citizen, reference="H29-2", result=result).credential
    context.set_offline(True)
    checker.goto(address(younger))
    checker.locator("[data-signature].verdict--amber").wait_for()
    assert "Chữ ký đúng" in words(checker) and checker.locator("[data-field=number]").inner_text() == "123/2026"
    note = checker.locator("[data-signature-note]").inner_text()
    assert "cấp sau" in note and "chưa bị thu hồi" not in note
    checker.goto(address(issued))
    checker.locator("[data-signature].verdict--jade").wait_for()


def test_with_the_network_off_a_typed_code_is_neither_genuine_nor_forged(context, checker, issued):
    context.set_offline(True)
    checker.fill("#typed", issued.public_id)
    checker.get_by_role("button", name="Kiểm tra", exact=True).click()
    checker.get_by_text("chưa tra được mã này").wait_for()
    assert "verdict--amber" in checker.locator("[data-signature]").get_attribute("class")
    assert checker.locator("[data-fields]").is_hidden()


def test_a_changed_credential_is_exposed(context, issued):
    page = context.new_page()
    middle = len(issued.token) // 2
    changed = issued.token[:middle] + ("A" if issued.token[middle] != "A" else "B") + issued.token[middle + 1 :]
    page.goto(f"/xm/{issued.public_id}#{changed}")
    page.locator("[data-signature]").wait_for()
    assert "Chữ ký sai" in words(page) or "không phải mã QR" in words(page)
    assert page.locator("[data-signature-bad]").is_visible()
    assert page.locator("[data-signature-good]").is_hidden()
    assert page.locator("[data-fields]").is_hidden()


def test_the_credential_of_another_result_is_exposed(context, citizen, result, issued):
    other = in_a_thread(service.issue, owner=citizen, reference="H29-2", result=result).credential
    page = context.new_page()
    page.goto(f"/xm/{other.public_id}#{issued.token}")
    page.locator("[data-signature]").wait_for()
    assert "thuộc về giấy khác" in words(page)


def test_a_picture_of_the_code_is_read_on_the_device(checker, issued):
    text = service.address(issued.public_id, issued.token)
    checker.set_input_files("#picture", {"name": "qr.png", "mimeType": "image/png", "buffer": picture_of(text)})
    checker.locator("[data-fields]").wait_for()
    assert f"/xm/{issued.public_id}" in checker.url
    assert "Chữ ký đúng" in words(checker)


def test_a_picture_without_a_code_says_so(checker):
    checker.set_input_files(
        "#picture", {"name": "x.png", "mimeType": "image/png", "buffer": picture_of("", blank=True)}
    )
    checker.get_by_text("Không thấy mã QR trong ảnh").wait_for()


@pytest.mark.parametrize("whole", [True, False])
def test_typing_the_code_in_groups_or_pasting_the_address(checker, issued, whole):
    code = issued.public_id.lower()
    grouped = f"{code[:4]} {code[4:8]}-{code[8:12]} {code[12:]}"
    checker.fill("#typed", service.address(issued.public_id, issued.token) if whole else grouped)
    checker.get_by_role("button", name="Kiểm tra", exact=True).click()
    checker.locator("[data-status]").wait_for()
    assert "Còn hiệu lực" in checker.locator("[data-status]").inner_text()
    assert checker.url.partition("?")[1] == ""


def test_a_phone_may_install_the_checker(context, checker):
    devtools = context.new_cdp_session(checker)
    said = devtools.send("Page.getAppManifest")
    assert said["url"].endswith("/xm/ung-dung.webmanifest") and not said["errors"]
    wrong = [error["errorId"] for error in devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert set(wrong) <= {"in-incognito"}, "a test's window keeps nothing, and says so"


@pytest.mark.parametrize("name", icons.ICONS)
def test_the_icons_are_drawn_from_the_one_emblem(browser, name):  # noqa: F811 - the fixture above
    with Image.open(icons.FOLDER / name) as kept:
        drawn = icons.draw(browser, name).convert("RGBA")
        assert kept.size == drawn.size
        difference = ImageStat.Stat(ImageChops.difference(kept.convert("RGBA"), drawn)).mean
        assert max(difference) < 1, difference


def test_typing_nonsense_says_what_a_code_looks_like(checker):
    checker.fill("#typed", "xin chào")
    checker.get_by_role("button", name="Kiểm tra", exact=True).click()
    checker.get_by_text("Mã cần có 16 chữ và số").wait_for()
    assert "Mã vừa gõ không đúng" in words(checker) and "không phải mã QR" not in words(checker)


def test_the_browser_judges_the_published_vectors_as_the_others_do(checker):
    judged = checker.evaluate(
        """async (vectors) => {
            const { check } = await import("/static/js/verify-cose.js");
            const outcomes = {};
            for (const { name, text } of vectors.vectors) {
                const [address, token = address] = text.split("#");
                const id = address.match(/XM\\/([A-Z2-7]{16})/)?.[1];
                try {
                    const said = await check(text.includes("#") ? token : text, vectors.keys);
                    outcomes[name] = id && said.public_id !== id ? "other_document" : said;
                } catch (error) { outcomes[name] = error.code || String(error); }
            }
            const { openKeySet, openWithdrawn } = await import("/static/js/verify-keys.js");
            const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
            const { root, key_set_jws, withdrawn_cose, refused } = vectors.signed;
            const keys = await openKeySet(key_set_jws, root);
            const list = await openWithdrawn(bytes(withdrawn_cose), keys);
            const states = ["AQCAIBAEAQCAIBAE", "AUCQKBIFAUCQKBIF", "AEAQCAIBAEAQCAIB"].map((id) => list.stateOf(id));
            outcomes.signed = [keys.keys, list.asOf, ...states];
            const { notOlder } = await import("/static/js/verify-keys.js");
            const kept = new Map();
            const memory = { get: (name) => kept.get(name) || 0, set: (name, value) => kept.set(name, value) };
            const tries = [500, 400, 199, 600].map((date) => {
                try { return notOlder(memory, "x", date, "old_list") || "taken"; } catch (error) { return error.code; }
            });
            outcomes.dates = tries;
            outcomes.refused = {};
            for (const { name, key_set_jws, withdrawn_cose } of refused) {
                try {
                    await (key_set_jws ? openKeySet(key_set_jws, root) : openWithdrawn(bytes(withdrawn_cose), keys));
                    outcomes.refused[name] = "accepted";
                } catch (error) { outcomes.refused[name] = error.code; }
            }
            return outcomes;
        }""",
        VECTORS,
    )
    assert judged["signed"] == [VECTORS["keys"]["keys"], VECTORS["now"], "revoked", "replaced", ""]
    assert judged["dates"] == ["taken", "taken", "old_list", "taken"]
    assert judged["refused"] == {case["name"]: case["refused"] for case in VECTORS["signed"]["refused"]}
    for vector in VECTORS["vectors"]:
        outcome = judged[vector["name"]]
        if "refused" in vector:
            assert outcome == vector["refused"], vector["name"]
        else:
            says = {name: outcome.get(name) for name in vector["says"] if name != "content_digest"}
            assert says == {name: value for name, value in vector["says"].items() if name != "content_digest"}


def picture_of(text, *, blank=False, module=6):
    """A photo of a printed code, or of nothing."""
    if blank:
        image = Image.new("L", (300, 300), 255)
    else:
        code = QRCode(error_correction=constants.ERROR_CORRECT_M, border=4, mask_pattern=qr.MASK)
        for part, mode in qr._runs(text):
            code.add_data(QRData(part, mode=mode))
        code.make()
        rows = code.get_matrix()
        image = Image.new("L", (len(rows) * module,) * 2, 255)
        draw = ImageDraw.Draw(image)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    draw.rectangle([x * module, y * module, (x + 1) * module - 1, (y + 1) * module - 1], fill=0)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
