"""Imports run downward only, without circles, and the exact dynamics and the circuits share nothing but the model."""

import ast
import importlib
import pkgutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

import qcoll

PACKAGE = Path(qcoll.__file__).parent
#: The floor of every package and top-level module; a file may import from its own package and from lower floors, and
#: from another package of its floor where that does not import it in turn.
FLOORS = {
    "errors": 0,
    "keywords": 0,
    "limits": 0,
    "storage": 0,
    "model": 1,
    "trajectory": 1,
    "circuits": 2,
    "exact": 2,
    "gaussian": 2,
    "large": 3,
    "synthesis": 3,
    "compile": 4,
    "device": 5,
    "measure": 6,
    "run": 7,
    "hardware": 8,
    "paper": 9,
    "models": 9,
    "depth": 9,
    "plots": 9,
    "report": 9,
    "study": 10,
    "cli": 11,
}
#: Lower floors that a package must not know all the same: exact dynamics and circuits check each other.
FORBIDDEN = {
    ("model", "trajectory"),
    ("gaussian", "exact"),
    ("exact", "gaussian"),
    ("circuits", "model"),
    ("synthesis", "model"),
    *(
        (package, other)
        for package in ("circuits", "synthesis", "compile", "device")
        for other in ("exact", "large", "trajectory")
    ),
}
FILES = sorted(PACKAGE.rglob("*.py"))
ADVICE = "CONTRIBUTING.md says which floor holds what"


def module_of(path):
    parts = ["qcoll", *path.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if path.name == "__init__.py" else parts)


MODULES = {module_of(path): path for path in FILES}


def part_of(module):
    """The first name below qcoll, or None for what the package's own face offers (its version)."""
    names = module.split(".")
    if len(names) == 1 or names[1].startswith("__"):
        return None
    return names[1]


def imports(path):
    """The modules that a file imports, inside functions too."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "qcoll")
        elif isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "qcoll"):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *(node.module.split(".") if node.module else [])])
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                yield whole if whole in MODULES or not node.module else source


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downward(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own in ("__init__", "__main__"):
        return
    assert own in FLOORS, f"{own} has no floor: add it to the table here and in CONTRIBUTING.md"
    allowed = sorted(name for name, floor in FLOORS.items() if floor <= FLOORS[own] and (own, name) not in FORBIDDEN)
    for module in imports(path):
        other = part_of(module)
        if other is None or other == own:
            continue
        assert other in allowed, f"{path} imports {module}, but may import from {', '.join(allowed)} alone: {ADVICE}"


def test_no_module_imports_itself_through_others():
    """No circles between modules; what a package offers on its face counts for those outside of it alone."""
    graph = {name: {other for other in imports(path) if other in MODULES} - {name} for name, path in MODULES.items()}
    settled, chain = set(), []

    def visit(name):
        assert name not in chain, "a circle of imports: " + " -> ".join([*chain[chain.index(name) :], name])
        if name in settled:
            return
        chain.append(name)
        for other in sorted(graph[name]):
            if not name.startswith(f"{other}."):  # a module of a package that takes its package's face
                visit(other)
        chain.pop()
        settled.add(name)

    for name in sorted(graph):
        visit(name)


def test_packages_do_not_import_each_other():
    """No two packages of one floor import each other."""
    edges = {(module_of(path).split(".")[1], part_of(other)) for path in FILES[1:] for other in imports(path)}
    both = sorted((a, b) for a, b in edges if a != b and (b, a) in edges)
    assert both == []


def test_only_circuits_know_ticks_and_loop_over_instructions():
    """Everything else takes segments and steps from qcoll/circuits: nobody else knows what marks a point."""
    found = []
    for path in FILES:
        if path.relative_to(PACKAGE).parts[0] == "circuits":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            loop = node.iter if isinstance(node, ast.For | ast.comprehension) else None
            if isinstance(loop, ast.Call) and loop.args:  # enumerate, reversed
                loop = loop.args[0]
            over_instructions = isinstance(loop, ast.Attribute) and loop.attr == "data"
            names_marks = isinstance(node, ast.Constant) and node.value == "barrier"
            parses_points = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "split"
                and any(isinstance(each, ast.Constant) and each.value == ":" for each in node.args)
                and path.name != "sweeps.py"  # start:stop:count of an axis
            )
            if over_instructions or names_marks or parses_points or getattr(node, "id", None) == "Barrier":
                found.append(f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', loop and loop.lineno)}")
    assert found == [], f"take qcoll.circuits.segments and qcoll.circuits.steps: {ADVICE}"


BENCHMARKS = sorted((PACKAGE.parent / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.name)
def test_benchmarks_import_what_there_is(path):
    """They run by hand, so that a name that has moved would be noticed late."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qcoll":
            module = importlib.import_module(node.module)
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")


def packages():
    yield qcoll
    for info in pkgutil.walk_packages(qcoll.__path__, "qcoll."):
        if info.ispkg:
            yield importlib.import_module(info.name)


@pytest.mark.parametrize("package", list(packages()), ids=lambda package: package.__name__)
def test_no_function_hides_a_module(package):
    """``import qcoll.a.b as b`` gives the module, whatever functions the package has."""
    for info in pkgutil.iter_modules(package.__path__):
        if info.name != "__main__":
            importlib.import_module(f"{package.__name__}.{info.name}")
            assert isinstance(getattr(package, info.name), types.ModuleType), f"{package.__name__}.{info.name}"


@pytest.mark.parametrize(
    "heavy", ["qiskit_aer", "qiskit_ibm_runtime", "matplotlib", "typer", "xarray", "h5netcdf", "dask"]
)
def test_heavy_packages_are_imported_only_when_needed(heavy):
    code = f"import sys, qcoll; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
