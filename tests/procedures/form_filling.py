"""A page of a form as somebody fills it in, without scripts."""

from django.http import QueryDict
from django.template.loader import render_to_string

from procedures import eforms

FACTS = {
    "identity": {
        "full_name": "Nguyễn Văn An",
        "personal_id": "001090000123",
        "date_of_birth": "1990-05-02",
        "gender": "1",
        "phone": "0912345678",
        "residence": {"province_code": "01", "commune_code": "00073", "line": "Số 1 phố Thử"},
        "source": "VNeID, 20/11/2026",
    }
}


def posted(values):
    return QueryDict(mutable=True) if not values else _query(values)


def _query(values):
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def page_of(version, key):
    return next(page for page in eforms.pages(version.form) if page.key == key)


def fill(version, key, values=None, *, answers=None, sources=None):
    data = None if values is None else posted(values)
    return eforms.build_form(page_of(version, key), answers=answers or {}, data=data, sources=sources)


def html_of(form):
    return render_to_string("procedures/eform/form.html", {"form": form})
