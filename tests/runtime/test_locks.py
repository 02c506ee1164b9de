"""The lock files: complete, hashed, without host names, and in step with what they lock."""

import json
import re
import tomllib

import pytest

from _runtime.paths import REQUIREMENTS, ROOT

FILES = sorted(REQUIREMENTS.glob("*.txt"))


def _pins(name: str) -> dict[str, str]:
    text = (REQUIREMENTS / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", text, re.M))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_requirements_name_no_host_and_hash_every_line(file):
    text = file.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^--(?!hash)", text, re.M), "options such as an index belong to the machine, not to the file"
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_development_packages_are_the_run_time_ones_and_more():
    run, dev = _pins("run.txt"), _pins("dev.txt")
    assert {name: dev.get(name) for name in run} == run


def test_everything_that_pyproject_names_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["embedded"]
    names = {re.match(r"[A-Za-z0-9._-]+", item)[0].lower().replace("_", "-") for item in wanted}
    assert names - set(_pins("run.txt")) == set()
    dev = {re.match(r"[A-Za-z0-9._-]+", item)[0].lower() for item in project["optional-dependencies"]["dev"]}
    assert dev - set(_pins("dev.txt")) == set()


def test_npm_lock_names_no_host_and_matches_package_json():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    lock = json.loads(text)
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
    unchecked = [name for name, entry in lock["packages"].items() if name and "integrity" not in entry]
    assert unchecked == []


def test_dependencies_page_describes_what_is_depended_on_and_nothing_else():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `([^`]+)` \|", page, re.M)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [
        re.match(r"[A-Za-z0-9._-]+", item)[0].lower()
        for item in project["dependencies"] + project["optional-dependencies"]["embedded"]
    ]
    names += list(json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"])
    assert sorted(described) == sorted(names)
