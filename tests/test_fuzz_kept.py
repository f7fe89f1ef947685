"""What fuzzing has found before is as it must be still; `make fuzz` looks for more."""

import pytest
from casebook import Attempts
from fuzz.kept import KEPT, beginning, names, target

CASES = {
    "documents": pytest.mark.case(150),
    "yaml": pytest.mark.case(151),
    "toml": pytest.mark.case(152),
    "urls": pytest.mark.case(153),
    "markup": pytest.mark.case(154),
    "labels": pytest.mark.case(155),
    "dates": pytest.mark.case(156),
    "cron": pytest.mark.case(157),
    "persons": pytest.mark.case(158),
    "texts": pytest.mark.case(159),
    "requests": pytest.mark.case(160),
    "fields": pytest.mark.case(161),
    "configuration": pytest.mark.case(162),
    "manifests": pytest.mark.case(163),
    "records": pytest.mark.case(164),
    "connections": pytest.mark.case(165),
    "dialects": pytest.mark.case(167),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=CASES.get(name, ())) for name in names()]
)
def test_what_was_found_is_as_it_must_be(name: str, attempts: Attempts) -> None:
    """Every input that a target begins with, or that fuzzing has kept of it, is as it must be."""
    known = target(name)
    for data in beginning(name):
        attempts.count()
        known.check(data)


def test_what_is_kept_is_small() -> None:
    """Inputs are kept of targets that there are, and people can read through them."""
    files = sorted(KEPT.glob("*"))
    assert {file.suffix for file in files} == {".jsonl"}
    assert [file.stem for file in files] == names()
    assert sum(file.stat().st_size for file in files) < 1_000_000
