"""One broken pack per rule of the linter: what to change in a sound pack so that this rule speaks."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

Pack = dict[str, Any]
PAIR = {"vi": "Một câu", "en": "A sentence"}
LONG = {"vi": "Người nộp " + "phải ghi rõ " * 16 + "mọi điều", "en": "Write it all"}
VISIT = {"vi": "Người yêu cầu phải đến Ủy ban nhân dân xã để ký tên.", "en": "Come and sign."}


def field(key: str, kind: str = "text", vi: str = "Câu hỏi thử", **more: Any) -> Pack:
    """A field with a label in both languages."""
    return {"key": key, "label": {"vi": f"{vi} {key}" if vi == "Câu hỏi thử" else vi, "en": key}, "type": kind, **more}


def sound_pack() -> Pack:
    """A small pack in which the linter finds nothing."""
    return {
        "code": "1.000001",
        "name": PAIR,
        "short_name": PAIR,
        "summary": PAIR,
        "field": {"code": "TEST", "name": PAIR},
        "issued_by": "G15",
        "decision": {"number": "1/QĐ", "date": "2026-01-01"},
        "competent": {"text": PAIR, "routing": {"level": "commune", "branch": "peoples_committee", "place": "any"}},
        "service_level": "toan_trinh",
        "channels": ["online"],
        "applicants": ["ĐT1"],
        "processing": {"value": 3, "unit": "working_day", "text": PAIR},
        "fees": [
            {
                "key": "fee",
                "charge": "fee",
                "kind": "le_phi",
                "name": PAIR,
                "amount_vnd": 8000,
                "legal": "TT 1/2026/TT-BTC",
                "default": True,
            }
        ],
        "components": [
            {
                "key": "paper",
                "name": PAIR,
                "kind": "document",
                "originals": 1,
                "required": True,
                "document_types": ["GT.KHAC"],
            }
        ],
        "steps": [PAIR],
        "results": [{"key": "result", "name": PAIR, "kind": "document", "document_type": "KQ.TEST", "default": True}],
        "legal_basis": ["60/2014/QH13"],
        "form": {
            "lists": {"kind": [{"value": "a", "vi": "Loại A", "en": "A"}, {"value": "b", "vi": "Loại B", "en": "B"}]},
            "pages": [
                page(
                    "first",
                    field("kind", "choice", choices="kind", required=True),
                    field("detail", visible_if={"field": "kind", "equals": "b"}),
                ),
                page("last", field("pledge", "consent", required=True)),
            ],
        },
    }


def page(key: str, *fields: Pack) -> Pack:
    """A page with one group."""
    title = {"vi": f"Trang {key}", "en": key}
    return {"key": key, "title": title, "groups": [{"key": key, "title": title, "fields": list(fields)}]}


def _first(pack: Pack) -> list[Pack]:
    fields: list[Pack] = pack["form"]["pages"][0]["groups"][0]["fields"]
    return fields


def _adding(*fields: Pack) -> Callable[[Pack], None]:
    return lambda pack: _first(pack).extend(deepcopy(list(fields)))


def _set(name: str, value: Any) -> Callable[[Pack], None]:
    return lambda pack: pack.update({name: value})


def _row(name: str, /, **changes: Any) -> Callable[[Pack], None]:
    return lambda pack: pack[name][0].update(changes)


A, B = {"field": "kind", "equals": "a"}, {"field": "kind", "equals": "b"}
BROKEN: dict[str, Callable[[Pack], None]] = {
    "unreachable-field": _adding(field("never", visible_if={"all": [A, B]})),
    "dead-condition": _adding(field("always", visible_if={"any": [A, B]})),
    "component-never-asked": _row("components", condition={"all": [A, B]}),
    "undefined-option": _adding(field("c", visible_if={"field": "kind", "in": ["b", "z"]})),
    "required-behind-optional": _adding(
        field("maybe", "choice", choices="kind"),
        field("c", required=True, visible_if={"field": "maybe", "equals": "a"}),
    ),
    "condition-on-later-page": lambda pack: (
        pack["form"]["pages"][1]["groups"][0]["fields"].append(field("later", "boolean")),
        _first(pack).append(field("c", visible_if={"field": "later", "equals": True})),
    )[0],
    "unlabelled-input": _adding(field("c", vi="…")),
    "english-missing": lambda pack: pack["steps"].append({"vi": "Nộp hồ sơ ở xã", "en": "Nộp hồ sơ ở xã"}),
    "duplicate-label": _adding(field("c", vi="Số nhà"), field("d", vi="Số nhà")),
    "repeated-question": _adding(field("c", prefill="identity.full_name"), field("d", prefill="identity.full_name")),
    "asks-what-is-known": _adding(field("phone", "phone")),
    "unbounded-repeat": _adding(field("c", "repeat", fields=[field("x")])),
    "message-missing": _adding(field("c", pattern="[0-9]{4}")),
    "limits-leave-nothing": _adding(field("c", "integer", min=5, max=2)),
    "long-page": _adding(*(field(f"c{number}") for number in range(20))),
    "no-pledge": lambda pack: pack["form"]["pages"].pop() and None,
    "reading-difficulty": lambda pack: pack["steps"].append(LONG),
    "legal-basis-missing": _set("legal_basis", []),
    "fee-without-basis": _row("fees", legal=""),
    "fee-dates": _row("fees", valid_from="2026-05-01", valid_to="2026-01-01"),
    "online-yet-visit": lambda pack: pack["steps"].append(VISIT),
    "in-person-yet-online": lambda pack: pack.update(
        service_level="truc_tiep",
        service_level_reason={"kind": "presence_required", "text": PAIR},
        channels=["booking", "direct"],
    ),
    "covered-by-data": _row("components", reuse_from=["population"]),
    "covered-by-store": _row("components", name={"vi": "Bản sao giấy khai sinh của con", "en": "Birth certificate"}),
    "paper-without-type": _row("components", document_types=[]),
    "result-without-type": _row("results", document_type=""),
    "paper-without-number": _row("components", originals=0),
    "time-without-words": _set("processing", {}),
    "waiver-unused": _set("waivers", [{"rule": "long-page", "place": "form.first", "reason": "Ngày xưa dài"}]),
}
