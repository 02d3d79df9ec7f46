"""The page of ready models writes itself and notices when a number has changed."""

import functools
from pathlib import Path

import pytest

import qcoll
from qcoll.models.__main__ import main
from qcoll.models.gallery import GALLERY, drawn

PAGE = Path(__file__).parents[2] / "docs" / "gallery.md"
ONCE = functools.cache(drawn)


@pytest.fixture(autouse=True)
def computed_once(monkeypatch):
    monkeypatch.setattr("qcoll.models.__main__.drawn", ONCE)


def test_the_page_of_the_documentation_is_up_to_date(capsys):
    assert main(["--check", str(PAGE)]) == 0, capsys.readouterr().out


def test_the_page_is_written_with_its_figures_and_checked(tmp_path, capsys):
    page = tmp_path / "gallery.md"
    assert main(["--write", str(page)]) == 0
    text = page.read_text()
    for entry in GALLERY:
        assert f"images/gallery_{entry.function}.png" in text
        assert (tmp_path / "images" / f"gallery_{entry.function}.png").stat().st_size > 10_000
    assert "arXiv:2503.03832" in text
    assert main(["--check", str(page)]) == 0
    page.write_text(text.replace("0.268941", "0.268942"))
    assert main(["--check", str(page)]) == 1
    assert "0.268942" in capsys.readouterr().out
    with pytest.raises(qcoll.InputError, match="--write"):
        main(["--check", str(tmp_path / "none.md")])


def test_every_ready_model_is_in_the_gallery():
    shown = {entry.function for entry in GALLERY}
    assert shown | {"squeezed_thermal_unit"} == set(qcoll.models.__all__)
