"""The studies of the repository are as their files say."""

from pathlib import Path

import pytest

from qcoll.study import load_study

FILES = sorted((Path(__file__).parents[2] / "studies").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_is_a_study_in_few_lines(path):
    study = load_study(path)
    assert len(study) in (1000, 1024, 30)
    first, second, *lines = path.read_text().splitlines()
    assert first.startswith("# ")
    assert f"qcoll sweep studies/{path.name} --out {path.stem}" in second
    assert len(lines) <= 15
