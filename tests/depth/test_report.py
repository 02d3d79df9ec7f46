"""Table and picture from made-up rows with known medians and fronts."""

import pytest

import qcoll
from qcoll.depth.report import COLOURS, HEADINGS, ROUNDING, markdown, pareto_front, pareto_plot, save_report, spread


def made_up(label, depths, channel, noisy, **changes):
    slope = {"two_qubit_gates": depths, "two_qubit_depth": depths, "depth": [9.0] * 3, "resets": [2.0] * 3}
    return {
        "kind": "row",
        "model": "example2",
        "target": "line",
        "ancillas": "reset",
        "compiler": "qiskit",
        "optimization": 3,
        "seeds": [0, 1, 2],
        "levels": [3, 3, 3],
        "collisions": 50,
        "label": label,
        "slope": slope | {"duration": [2e-6, 3e-6, 4e-6]},
        "offset": {"duration": [-1e-6] * 3},
        "qubits": [3, 3, 3],
        "seconds": [0.1, 0.2, 0.3],
        "distance": {"channel": channel, "steady_state": 0.0, "noisy": noisy},
    } | changes


ROWS = [
    made_up("long", [5.0, 9.0, 6.0], 0.0, 0.5),
    made_up("short", [3.0, 3.0, 3.0], 1e-3, 0.25),
    made_up("fresh", [4.0, 4.0, 4.0], 1e-3, None, ancillas="fresh"),
    made_up("none", [], 0, 0, refused="there is none"),
]


def test_the_table_shows_minimum_median_and_maximum_and_the_cheapest_first():
    text = markdown(ROWS)
    table = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert cells[0] == list(HEADINGS)
    assert [row[0] for row in cells[1:]] == ["short", "fresh", "long"]
    assert cells[3][3] == "5 / 6 / 9"
    assert cells[3][HEADINGS.index("us")] == "2 / 3 / 4"
    assert cells[2][-1] == ""
    assert "- example2, none, reset ancillas, line, qiskit 3: there is none" in text


def test_the_table_says_which_circuits_are_from_a_lower_level():
    rows = [
        made_up("all", [1.0] * 3, 0.0, 0.5, levels=[1, 1, 1]),
        made_up("some", [1.0] * 3, 0.0, 0.5, levels=[3, 1, 1]),
    ]
    text = markdown([*rows, *ROWS])
    assert "| all | reset | qiskit 3, at 1 |" in text
    assert "| some | reset | qiskit 3, at 1 for 2 of 3 seeds |" in text
    assert "| short | reset | qiskit 3 |" in text


def test_spread_of_even_numbers_of_seeds():
    assert spread([1, 2, 3, 10]) == "1 / 2.5 / 10"


def test_the_front_drops_what_is_beaten():
    points = [(3, 0.1), (1, 0.5), (2, 0.5), (4, 0.2), (5, 0.0), (1, 0.6)]
    assert pareto_front(points) == [(1, 0.5), (3, 0.1), (5, 0.0)]


def test_the_plot_places_medians_against_errors():
    figure = pareto_plot(ROWS[:3])
    ideal, noisy = figure.axes
    dots = {(line.get_xdata()[0], line.get_ydata()[0]) for line in noisy.lines if line.get_marker() == "o"}
    assert dots == {(6.0, 0.5), (3.0, 0.25)}
    assert ideal.get_yscale() == "log"
    assert len(set(COLOURS)) == len(COLOURS)


def front_of(axis):
    (line,) = (line for line in axis.lines if line.get_drawstyle() == "steps-post")
    return list(zip(*line.get_data(), strict=True))


def test_the_plot_draws_the_front_from_edge_to_edge():
    ideal, noisy = pareto_plot(ROWS[:3]).axes
    (_, right), (_, top) = ideal.get_xlim(), ideal.get_ylim()
    assert front_of(ideal) == [(3.0, top), (3.0, 1e-3), (6.0, ROUNDING), (right, ROUNDING)]
    assert front_of(noisy) == [(3.0, noisy.get_ylim()[1]), (3.0, 0.25), (noisy.get_xlim()[1], 0.25)]


def test_the_plot_and_the_table_say_what_is_drawn_at_the_rounding():
    ideal = pareto_plot(ROWS[:3]).axes[0]
    ticks = dict(zip(ideal.get_yticks(), (text.get_text() for text in ideal.get_yticklabels()), strict=True))
    assert ticks[ROUNDING] == r"$\mathdefault{\leq 10^{-12}}$"
    assert all("leq" not in text for tick, text in ticks.items() if tick > ROUNDING)
    assert "ideal errors below 1e-12, which are rounding, are drawn at 1e-12" in markdown(ROWS)
    above = pareto_plot(ROWS[1:2]).axes[0]
    assert all("leq" not in text.get_text() for text in above.get_yticklabels())


def test_files_are_written_for_every_model(tmp_path):
    rows = [*ROWS, made_up("short", [3.0, 3.0, 3.0], 1e-3, 0.25, model="example1")]
    paths = save_report(rows, tmp_path / "out")
    assert [path.name for path in paths] == ["report.md", "pareto-example2.png", "pareto-example1.png"]
    assert paths[1].read_bytes().startswith(b"\x89PNG")


def test_nothing_to_report_is_said(tmp_path):
    with pytest.raises(qcoll.InputError, match="no measured row"):
        save_report(ROWS[3:], tmp_path)
