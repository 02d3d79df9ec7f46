"""Imports run downward only, and the exact dynamics and the circuits share nothing but the model."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import qcoll

PACKAGE = Path(qcoll.__file__).parent
FLOORS = {
    "errors": 0,
    "limits": 0,
    "storage": 0,
    "model": 1,
    "trajectory": 1,
    "exact": 2,
    "compile": 2,
    "run": 3,
    "paper": 4,
    "depth": 4,
    "plots": 4,
    "report": 4,
    "cli": 5,
}
FORBIDDEN = {("exact", "compile"), ("compile", "exact"), ("compile", "trajectory"), ("model", "trajectory")}


def part_of(module):
    """The first name below qcoll, or None for what the package's own face offers (its version)."""
    names = module.split(".")
    if len(names) == 1 or names[1].startswith("__"):
        return None
    return names[1]


def imports(path):
    module = ["qcoll", *path.relative_to(PACKAGE).with_suffix("").parts]
    package = module if path.name == "__init__.py" else module[:-1]
    if path.name == "__init__.py":
        package = module[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "qcoll")
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = package[: len(package) - node.level + 1]
                target = ".".join([*base, *(node.module.split(".") if node.module else [])])
                yield from ([target] if node.module else [f"{target}.{alias.name}" for alias in node.names])
            elif node.module and node.module.split(".")[0] == "qcoll":
                yield node.module


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downward(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own in ("__init__", "__main__"):
        return
    assert own in FLOORS, f"{own} has no floor: add it to the table here and in the README"
    for module in imports(path):
        other = part_of(module)
        if other is None or other == own:
            continue
        assert FLOORS[other] <= FLOORS[own], f"{path} imports {module} from a higher floor"
        assert (own, other) not in FORBIDDEN, f"{path} imports {module}: these two check each other"


@pytest.mark.parametrize("heavy", ["qiskit_aer", "qiskit_ibm_runtime", "matplotlib", "typer"])
def test_heavy_packages_are_imported_only_when_needed(heavy):
    code = f"import sys, qcoll; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
