"""Levels are objects, known by their names everywhere; another one is one registered class."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

import qcoll
from qcoll.compile.levels import LEVELS, level_of


@pytest.mark.parametrize(
    ("level", "options"),
    [
        (qcoll.Trotter(), {}),
        (qcoll.Trotter(order=4, steps=2, keep="system"), {"trotter_order": 4, "trotter_steps": 2, "keep": "system"}),
        (qcoll.Exact(preparation="absorbed"), {"synthesis": "exact", "preparation": "absorbed"}),
        (qcoll.PurifiedChannel(), {"synthesis": "purified_channel"}),
        (qcoll.Channel(), {"synthesis": "channel"}),
        (qcoll.Sampled(correction="measured"), {"synthesis": "sampled", "correction": "measured"}),
    ],
)
def test_a_level_is_what_its_name_and_options_mean(level, options):
    options = {"synthesis": "trotter"} | options
    assert level_of(**options) == level
    assert level.options() | options == level.options()
    own, named = (
        qcoll.compile_collisions(qcoll.example_2(), 2, "+", **each) for each in ({"synthesis": level}, options)
    )
    assert own.level == named.level == level
    assert repr(own) == repr(named)
    assert own.circuit == named.circuit


def test_a_level_has_its_options_in_it():
    with pytest.raises(qcoll.InputError, match=r"trotter_order is 4, but synthesis is Trotter\(order=2"):
        qcoll.compile_collisions(qcoll.example_2(), 1, synthesis=qcoll.Trotter(), trotter_order=4)
    with pytest.raises(qcoll.InputError, match="trotter_order is 3, but must be one of"):
        qcoll.Trotter(order=3)
    with pytest.raises(qcoll.InputError, match='preparation="absorbed" goes with'):
        qcoll.Trotter(preparation="absorbed")
    with pytest.raises(qcoll.InputError, match="correction is 'none', but must be one of"):
        qcoll.Sampled(correction="none")
    with pytest.raises(qcoll.InputError, match="there is a level 'exact' already"):
        qcoll.register_level(qcoll.Exact)


def test_a_level_of_ones_own(monkeypatch):
    """Registered, it is known by its name, and runs everywhere that levels run."""
    monkeypatch.setattr("qcoll.compile.levels.level.LEVELS", dict(LEVELS))

    @qcoll.register_level
    @dataclass(frozen=True, kw_only=True)
    class Careful(qcoll.Level):
        name: ClassVar[str] = "careful"
        keeps_joint: ClassVar[bool] = True
        tolerance: float = 1e-6

        def __str__(self):
            return f"product formula to {self.tolerance:g}"

        def ways(self, model):
            for steps in range(1, 100):
                pieces = qcoll.Trotter(order=4, steps=steps).pieces(model)
                if abs(pieces.channel().data - qcoll.collision_channel(model).data).max() < self.tolerance:
                    return pieces
            raise qcoll.InputError("no product formula of 100 steps is so close")

    model = qcoll.example_2(kappa=1, alpha=1, dt=0.5)
    by_name = qcoll.compile_collisions(model, 3, "+", synthesis="careful")
    finer = qcoll.compile_collisions(model, 3, "+", synthesis=Careful(tolerance=1e-9))
    assert "product formula to 1e-06" in repr(by_name)
    distances = [
        qcoll.compare(qcoll.simulate(each), qcoll.evolve(model, 3, "+")).trace_distance[-1] for each in (by_name, finer)
    ]
    assert distances[1] < 1e-8 < distances[0] < 1e-5
    cycle = qcoll.Cycle([model, qcoll.FreeEvolution(hamiltonian=model.system, dt=1.0)])
    found = qcoll.simulate(qcoll.compile_collisions(cycle, 2, "+", synthesis="careful"))
    assert qcoll.compare(found, qcoll.evolve(cycle, 2, "+")).trace_distance[-1] < 1e-5
