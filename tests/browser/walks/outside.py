"""Pages of the sandbox programs, which people see beside the portal while they try it."""

from tests.browser.walks.walk import Guide, Stops, Walk


def _sandbox(guide: Guide) -> Stops:
    for program in ("vneid", "province", "gateway", "ministry"):
        guide.go(guide.sandbox(program))
        yield f"sandbox-{program}"
    guide.go(guide.sandbox("vneid") + "dang-nhap/?next=/identity/o/authorize")
    yield "sandbox-vneid-sign-in"


WALKS = (Walk("sandbox", _sandbox, frozenset()),)
