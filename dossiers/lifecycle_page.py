"""The table of a dossier's life as one page for jurists: docs/lifecycle.md, written by manage.py write_lifecycle."""

from collections.abc import Iterable, Iterator

from django.utils import translation

from dossiers import step_grounds, timeline
from dossiers.lifecycle import CLOCK_STOPPED, FINISHED_STATES, NATIONAL_STATUS, TRANSITIONS, DossierState, Transition
from dossiers.step_grounds import Ground
from portal.agencies.actors import ActorKind

HEAD = """# Vòng đời hồ sơ

Trang này do `manage.py write_lifecycle` viết từ `dossiers/lifecycle.py` và `dossiers/step_grounds.py`; một bài kiểm thử
giữ cho trang luôn đúng. Luật không in bảng nào như vậy: đây là cách Cổng đọc NĐ 118/2025/NĐ-CP, Điều 17–21 và
TT 03/2025/TT-VPCP. Chỗ nào không có văn bản đã đọc nào nói đến thì cột căn cứ ghi “Giả định”; các giả định khác nằm ở
[assumptions.md](assumptions.md).

*The table of states and steps with actors, conditions and legal grounds, for jurists; written from the code.*
"""
STATES_HEAD = """
## Trạng thái

| trạng thái | tên trong mã | số quốc gia | thời hạn của cơ quan |
|---|---|---|---|
"""
STEPS_HEAD = """
## Các bước

Mỗi bước đi từ một trong các trạng thái ở cột “từ”, do một trong các vai ở cột “ai”. Nơi kiểm là hàm từ chối bước ấy khi
điều kiện không có; phần điều kiện nào Cổng không tự biết được thì ghi rõ là cơ quan chịu trách nhiệm.

| bước | từ | sang | ai | lý do | điều kiện | căn cứ | nơi kiểm |
|---|---|---|---|---|---|---|---|
"""


def text() -> str:
    """The whole page, in Vietnamese."""
    with translation.override("vi"):
        return "".join([HEAD, STATES_HEAD, *_states(), STEPS_HEAD, *map(_step, TRANSITIONS.values()), _assignment()])


def _states() -> Iterator[str]:
    for state in DossierState:
        if state is DossierState.DRAFT:
            clock = "chưa tính"
        elif state in FINISHED_STATES:
            clock = "đã kết thúc"
        else:
            clock = "dừng" if state in CLOCK_STOPPED else "chạy"
        yield _row([state.label, f"`{state.value}`", str(NATIONAL_STATUS.get(state, "–")), clock])


def _step(step: Transition) -> str:
    same = "như cũ" if step.stays else "trạng thái trước đó"
    return _cells(
        f"{timeline.TITLES[step.event]()}<br>`{step.name}`",
        _listed(state.label for state in DossierState if state in step.sources),
        str(step.target.label) if step.target is not None else same,
        _listed(actor.label for actor in ActorKind if actor in step.by),
        step_grounds.GROUNDS[step.name],
        needs_reason=step.needs_reason,
    )


def _assignment() -> str:
    """Assigning is no step of the table, and jurists ask for it."""
    return _cells(
        "Phân công người thụ lý<br>`assign`",
        "mọi trạng thái chưa kết thúc",
        "như cũ",
        _listed([ActorKind.DESK.label, ActorKind.AGENCY.label, ActorKind.LEADER.label]),
        step_grounds.ASSIGN,
        needs_reason=False,
    )


def _cells(name: str, sources: str, target: str, who: str, ground: Ground, *, needs_reason: bool) -> str:
    checks = _listed(f"`{where}`" for where in ground.checked_by)
    return _row([name, sources, target, who, "bắt buộc" if needs_reason else "–", ground.condition, ground.law, checks])


def _listed(parts: Iterable[object]) -> str:
    return "<br>".join(str(part) for part in parts)


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"
