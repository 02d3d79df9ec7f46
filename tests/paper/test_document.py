"""The page of both tables is what the checks give now."""

from pathlib import Path

import pytest

import qcoll
from qcoll.paper import document
from qcoll.paper.__main__ import main
from qcoll.paper.rows import Checked, Measured

PAGE = Path(__file__).parents[2] / "docs" / "paper.md"


def test_the_page_is_up_to_date(capsys):
    assert main(["--check", str(PAGE)]) == 0, capsys.readouterr().out


def test_a_changed_number_fails_the_check(tmp_path, monkeypatch, capsys):
    text = PAGE.read_text(encoding="utf-8")
    monkeypatch.setattr("qcoll.paper.__main__.document", lambda: text)
    changed = tmp_path / "paper.md"
    changed.write_text(text.replace("10 times too strong", "11 times too strong"), encoding="utf-8")
    assert main(["--check", str(changed)]) == 1
    assert "10 times too strong" in capsys.readouterr().out


def test_writing_makes_the_page_and_its_plot(tmp_path, monkeypatch):
    monkeypatch.setattr("qcoll.paper.__main__.document", lambda: "page\n")
    monkeypatch.setattr("qcoll.paper.figures.draw_parting", lambda folder: folder.mkdir())
    assert main(["--write", str(tmp_path / "paper.md")]) == 0
    assert (tmp_path / "paper.md").read_text(encoding="utf-8") == "page\n"
    assert (tmp_path / "figures").is_dir()


def test_a_missing_page_is_said_to_be_missing(tmp_path, monkeypatch):
    monkeypatch.setattr("qcoll.paper.__main__.document", lambda: "page\n")
    with pytest.raises(qcoll.InputError, match="write it first"):
        main(["--check", str(tmp_path / "none.md")])


@pytest.mark.parametrize("residual", [1e-6, float("nan")])
def test_a_wrong_formula_makes_no_page(residual, monkeypatch):
    row = document.EQUATIONS[0]
    broken = type(row)(number="1", subject="", verdict="definition", check=lambda: Checked(residual))
    monkeypatch.setattr(document, "EQUATIONS", (broken,))
    monkeypatch.setattr(document, "CLAIMS", ())
    with pytest.raises(AssertionError, match=r"Eq\. 1 deviates"):
        document.document()


def test_a_claim_that_turns_out_otherwise_makes_no_page(monkeypatch):
    row = document.CLAIMS[0]
    other = type(row)(
        name="x", where="", statement="", expected="holds exactly", check=lambda: Measured("does not hold", "")
    )
    monkeypatch.setattr(document, "EQUATIONS", ())
    monkeypatch.setattr(document, "CLAIMS", (other,))
    with pytest.raises(AssertionError, match="does not hold, expected holds exactly"):
        document.document()
