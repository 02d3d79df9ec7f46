"""Rows of another function are never taken for those of this one."""

import functools
import subprocess
import sys
from pathlib import Path

import qcoll
from qcoll.study.identity import function_identity


def with_alpha(alpha):
    return lambda kappa: qcoll.example_2(kappa=kappa, alpha=alpha)


class Maker:
    """A model with a state of its own."""

    def __init__(self, alpha):
        self.alpha = alpha

    def __call__(self, kappa):
        return qcoll.example_2(kappa=kappa, alpha=self.alpha)


def test_values_from_around_it_count():
    for make in (with_alpha, Maker):
        assert function_identity(make(0.1)) == function_identity(make(0.1)) != function_identity(make(0.2))


def test_helpers_and_their_constants_count(tmp_path):
    """The same text, but for one number two calls away."""
    text = "import qcoll\nSCALE = {}\ndef helper(kappa): return SCALE * kappa\n"
    text += "def model(kappa): return qcoll.example_2(kappa=helper(kappa))\n"
    found = []
    for number, scale in enumerate((1.0, 2.0, 1.0)):
        path = tmp_path / f"module_{number}.py"
        path.write_text(text.format(scale))
        found.append(qcoll.study.load_study(_study(tmp_path, path)).plan.source.identity)
    assert found[0] == found[2] != found[1]


def _study(folder: Path, path: Path) -> Path:
    study = folder / "study.toml"
    study.write_text(f'model = "{path.name}:model"\ncompute = "steady_state"\naxes = {{ kappa = [1] }}\n')
    return study


def test_partial_functions():
    first, second, third = (functools.partial(qcoll.example_2, alpha=alpha) for alpha in (0.1, 0.2, 0.1))
    assert function_identity(first) == function_identity(third) != function_identity(second)
    data = qcoll.Study(first, {"kappa": [0.3]}, "steady_state", "coherence").run()
    assert data.coherence.item() == qcoll.Study("example_2", {"kappa": [0.3]}, "steady_state").run().coherence.item()


def test_it_is_the_same_in_every_process(tmp_path):
    code = (
        "import functools, qcoll\n"
        "from qcoll.study.identity import function_identity\n"
        "outer = [lambda kappa: qcoll.example_2(kappa=kappa)]\n"
        "class Maker:\n    def __call__(self, kappa): return qcoll.example_2(kappa=kappa)\n"
        "print(function_identity(lambda k: outer[0](k)), function_identity(Maker()))\n"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in "12"
    ]
    assert runs[0] == runs[1]
