"""The editor of sheets as a browser posts to it."""

from django.utils import timezone

from procedures.models import SheetDraft
from tests.backoffice.conftest import FORM_PAGES, as_posted

HERE = f"{FORM_PAGES}noi-dung/"
NEW = "/quan-tri/thu-tuc-moi/"
NEW_CODE = "9.000001"
NEXT = {"next": "1"}
"""The button that goes on to what is published, and is refused while something is missing or wrong."""
UNFINISHED = {
    "time_value": "vài",
    "time_unit": "day",
    "steps_vi": "",
    "channels": [],
    "fees-0-amount_vnd": "hai mươi",
    "components-0-name_vi": "",
    "summary_vi": "Tóm tắt \x00viết dở",
}


def as_it_stands(browser, address=HERE):
    """What the page would post when nothing was touched."""
    context = browser.get(address).context
    rows = [part["rows"] for part in context["parts"]]
    forms = [context["form"], *(each.management_form for each in rows), *(row for each in rows for row in each.forms)]
    return as_posted(*forms) | {"revision": context["draft"].revision}


def begun(browser, address=HERE):
    assert browser.post(address).status_code == 302
    return as_it_stands(browser, address)


def publish(browser, address=HERE, day=None):
    day = day or timezone.localdate()
    seen = SheetDraft.objects.get(state="open").revision
    return browser.post(f"{address}cong-bo/", {"revision": seen, "valid_from": day.strftime("%d/%m/%Y")})
