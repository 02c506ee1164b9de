"""Made-up answers to any form, for the simulator: varied, plausible in shape, and about nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from procedures.eforms.definition import Field, Form
from procedures.eforms.prefilling import ANSWER, EARLIER, FILING, sources_of
from procedures.eforms.sample_words import CODES, MEN, NAMES, PLAIN, STREETS, WOMEN, is_birth, is_name, texts_for
from procedures.eforms.types.dates import day_range, month_range
from procedures.eforms.types.numbers import LARGEST
from procedures.territory import Territory

__all__ = ["NAMES", "Sampler"]

TAX_CODES = ("0100109106", "0100100079")
OF_PEOPLE = (1500, 4000, 7500, 9500, 12_500, 20_000)
"""Days since somebody was born: a child, a pupil, and those of age."""
OF_CHILDREN = (3, 20, 45, 400, 2000)
"""Days since a birth of which the form says that it is a child's."""
OF_EVENTS = (0, 3, 30, 400, 2500)
"""Days since anything else: what people file about was lately, papers are from the last years."""
SUMS = (200_000, 1_500_000, 10_000_000, 300_000_000)
MALE, FEMALE = "1", "2"


class Sampler:
    """Draws answers from one seed, so that a run can be run again."""

    def __init__(self, seed: int, on: date, territory: Territory) -> None:
        self.random = Random(seed)  # noqa: S311 - made-up answers, no secret
        self.on = on
        self.territory = territory

    def person(self) -> dict[str, Any]:
        """Facts of a made-up applicant, as signing in would bring them."""
        born = self.on - timedelta(days=self.random.randint(18 * 366, 80 * 365))
        gender = self.random.choice([MALE, FEMALE])
        return {
            "source": "VNeID",
            "full_name": self.random.choice(WOMEN if gender == FEMALE else MEN),
            "personal_id": self._personal_id(born, gender),
            "date_of_birth": born.isoformat(),
            "gender": gender,
            "phone": "0900000000",
            "email": "mau@vidu.example",
            "nationality": "VN",
            "residence": self.address(),
        }

    def facts(self, form: Form) -> dict[str, dict[str, Any]]:
        """What the state knows of that applicant: her account, and of every other source what the form asks it for."""
        found: dict[str, dict[str, Any]] = {"identity": self.person()}
        for field in form.fields():
            for source, item in sources_of(field):
                if source not in {"identity", ANSWER, EARLIER, FILING} and item and not field.fields:
                    found.setdefault(source, {}).setdefault(item, self.answer(field, {}))
        return found

    def address(self, *, with_line: bool = True) -> dict[str, str] | None:
        """A commune in force, drawn at random; None where no territory is loaded."""
        provinces = [unit for unit in self.territory.provinces() if self.territory.communes(unit.code)]
        if not provinces:
            return None
        province = self.random.choice(provinces)
        commune = self.random.choice(self.territory.communes(province.code))
        line = {"line": self.random.choice(STREETS)} if with_line else {}
        return {"province_code": province.code, "commune_code": commune.code, **line}

    def answer(self, field: Field, answers: Mapping[str, Any]) -> Any:
        """An answer to one field, mostly right; the form's own rules say which to draw again."""
        draw = self.random
        match field.type:
            case "boolean":
                return draw.random() < 0.5
            case "consent":
                return True
            case "choice":
                return self._choice(field, answers)
            case "multi_choice":
                chosen = [choice.value for choice in field.choices if draw.random() < 0.4]
                return chosen or [draw.choice(field.choices).value]
            case "integer" | "money":
                low, high = int(field.min or 0), int(field.max if field.max is not None else LARGEST)
                return min(high, low + draw.choice((0, *SUMS) if field.type == "money" else (0, 1, 2, 3, 10)))
            case "decimal":
                low = int(field.min or 0)
                return str(min(int(field.max) if field.max is not None else LARGEST, low + draw.randint(0, 90)))
            case "date":
                return self._day(field, answers).isoformat()
            case "month":
                first, last = month_range(field, self.on)
                near = max(first, min(last, self.on - timedelta(days=draw.randint(0, 400))))
                return near.isoformat()[:7]
            case "datetime":
                return f"{self._day(field, answers).isoformat()}T{draw.randint(8, 16):02d}:00:00+07:00"
            case "address":
                return self.address()
            case "place":
                return self.address(with_line=False)
            case "province":
                return (self.address() or {}).get("province_code")
            case "agency":
                codes = self.territory.agency_codes({k: v for k, v in (field.routing or {}).items() if k != "place"})
                return draw.choice(codes) if codes else None
            case "repeat":
                rows = max(field.min_items, draw.choice([1, 1, 2, 3]))
                return self._rows(field, min(rows, field.max_items), answers)
            case "file":
                return {"name": "mau.pdf", "content_sha256": f"{draw.getrandbits(256):064x}"}
        return self._parts(field) if field.fields else self._text(field, answers)

    def _rows(self, field: Field, number: int, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows that keep what is said of all together: the first is the marked one, and tells the whole time."""
        rows = [self._parts(field) for _row in range(number)]
        if field.exactly_one:
            rows = [{**row, field.exactly_one: index == 0} for index, row in enumerate(rows)]
        if (rule := field.without_gap) and (born := next((answers[key] for key in rule.born if key in answers), None)):
            rows[0] = {key: value for key, value in rows[0].items() if key != rule.last}
            rows[0][rule.first] = min(f"{int(born[:4]) + rule.since_age:04d}{born[4:7]}", self.on.isoformat()[:7])
        return rows

    def _parts(self, field: Field) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part in field.fields:
            if part.is_typed and (part.required or part.required_if is not None or self.random.random() < 0.5):
                made[part.key] = self.answer(part, made)
        typed = [part for part in field.fields if part.is_typed]
        if not made and typed:  # an empty row is no row
            made[typed[0].key] = self.answer(typed[0], made)
        return {key: value for key, value in made.items() if value is not None}

    def _day(self, field: Field, answers: Mapping[str, Any]) -> date:
        first, last = day_range(field, self.on)
        if earlier := _day_in(answers.get(field.not_before)):
            first = max(first, earlier)
        if later := _day_in(answers.get(field.before)):
            last = min(last, later - timedelta(days=1))
        days: tuple[int, ...] = OF_EVENTS
        if is_birth(field):
            days = OF_CHILDREN if field.key.startswith("child") else OF_PEOPLE
        start = max(first, min(last, self.on) - timedelta(days=self.random.choice(days)))
        return min(last, start)

    def _choice(self, field: Field, answers: Mapping[str, Any]) -> str:
        """One of a list; whom a name beside it shows to be a woman is one."""
        values = [choice.value for choice in field.choices]
        named = [answers.get(f"{field.key.removesuffix('gender')}{end}") for end in ("full_name", "name")]
        if field.key.endswith("gender") and {MALE, FEMALE} <= set(values) and (name := next(filter(None, named), "")):
            return FEMALE if name in WOMEN else MALE
        return self.random.choice(values)

    def _personal_id(self, born: date, gender: str) -> str:
        """A number of that year and gender (portal.core.identifiers.personal_id_warnings)."""
        century = max(0, born.year - 1900) // 100 * 2 + (gender == FEMALE)
        return f"001{century}{born.year % 100:02d}{self.random.randint(0, 999_999):06d}"

    def _number_of(self, field: Field, answers: Mapping[str, Any]) -> str:
        """The number of whoever the answers beside it tell of."""
        stem = field.key.removesuffix("personal_id")
        born = _day_in(answers.get(f"{stem}date_of_birth"))
        gender = answers.get(f"{stem}gender")
        made = self.person()
        return self._personal_id(born or date.fromisoformat(made["date_of_birth"]), str(gender or made["gender"]))

    def _text(self, field: Field, answers: Mapping[str, Any]) -> str:
        match field.type:
            case "personal_id":
                return self._number_of(field, answers)
            case "tax_code":
                return self.random.choice(TAX_CODES)
            case "phone":
                return "0900000000"
            case "email":
                return "mau@vidu.example"
        best = list(self._names(field, answers) if is_name(field) else texts_for(field))
        self.random.shuffle(best)
        rest = [*CODES, *NAMES]
        self.random.shuffle(rest)
        fitting = (
            text
            for text in (*best, *rest)
            if len(text) <= (field.max_length or 200) and (not field.pattern or re.fullmatch(field.pattern, text))
        )
        return next(fitting, PLAIN[0])

    def _names(self, field: Field, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of people; of somebody whose gender is told, such names."""
        gender = answers.get(f"{field.key.removesuffix('full_name')}gender")
        return {MALE: MEN, FEMALE: WOMEN}.get(str(gender), NAMES)


def _day_in(value: Any) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value) else None
