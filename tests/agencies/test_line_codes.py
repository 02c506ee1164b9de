"""The line of an agency: who stands above it, and itself."""

import pytest

from portal.agencies.models import Agency


@pytest.mark.parametrize(
    ("path", "codes"), [("G01/", ["G01"]), ("H26/H26.73/H26.73.1/", ["H26", "H26.73", "H26.73.1"]), ("", [])]
)
def test_the_line_runs_from_the_top_to_the_agency_itself(path: str, codes: list[str]) -> None:
    assert Agency(path=path).line_codes == codes
