"""Errors at the command line name options, not arguments of Python."""

import sys

import pytest

from qcoll.cli import main
from qcoll.cli.words import in_options


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "the target has no reset: compile with ancillas='fresh'",
            "the target has no reset: compile with --ancillas fresh",
        ),
        ('measure quantities=["state"], or keep="system"', "measure --quantity state, or --keep system"),
        (
            'give them circuits with preparation="state_preparation"',
            "give them circuits with --preparation state_preparation",
        ),
        ("keep fewer states with record=, a stride", "keep fewer states with --record, a stride"),
        (
            "noise_factors are (1,), but are used with zne=True (--zne) only",
            "--noise-factors are (1,), but are used with --zne only",
        ),
        ("initial is 'z', but must be a label", "initial is 'z', but must be a label"),
        ("`evolve(model, n=10)` of a state rho=|0>", "`evolve(model, n=10)` of a state rho=|0>"),
    ],
)
def test_arguments_become_options(message, told):
    assert in_options(message) == told


def test_an_error_of_the_command_speaks_of_options(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["qcoll", "run", "-n", "2", "--order", "3"])
    with pytest.raises(SystemExit):
        main()
    printed = capsys.readouterr().err
    assert "--order is 3" in printed
    assert "trotter_order" not in printed


def test_what_is_wrong_in_a_study_is_in_the_words_of_its_file(tmp_path, monkeypatch, capsys):
    """There quantities, noise and synthesis are entries, and no options."""
    text = 'model = "example_2"\ncompte = "steady_state"\n[axes]\nkappa = [0.1]\n'
    (tmp_path / "study.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["qcoll", "sweep", "study.toml"])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert "study.toml, line 2: unknown entry 'compte'" in said
    assert "compute, quantities, axes" in " ".join(said.split())
