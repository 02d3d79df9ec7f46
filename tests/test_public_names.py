"""The public face: every name is there, loaded when it is first used, and known to type checkers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import qcoll


def names_for_type_checkers():
    tree = ast.parse(Path(qcoll.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    return {node.module: tuple(alias.name for alias in node.names) for node in block.body}


def test_type_checkers_and_python_know_the_same_names():
    assert names_for_type_checkers() == qcoll._HOMES
    assert sorted(qcoll.__all__) == sorted(name for names in qcoll._HOMES.values() for name in names)


@pytest.mark.parametrize("name", [*qcoll.__all__, *qcoll._PACKAGES])
def test_every_name_is_there(name):
    assert name in dir(qcoll)
    assert getattr(qcoll, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'evolv'"):
        qcoll.evolv  # noqa: B018


def test_importing_qcoll_loads_nothing_heavy():
    code = "import sys, qcoll; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"numpy", "scipy", "qiskit", "qiskit_aer", "qiskit_ibm_runtime", "matplotlib", "typer"} & set(loaded)
