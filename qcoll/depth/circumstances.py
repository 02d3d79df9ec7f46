"""Under what a row is measured: versions of packages, and the code itself."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from pathlib import Path

#: Packages whose versions a header states, where they are installed.
PACKAGES = ("qiskit", "qiskit-aer", "qiskit-ibm-runtime", "numpy", "scipy", "pytket", "bqskit")

#: Those that any row depends on. Targets are hashed themselves, and a compiler's version belongs to its own rows.
DECISIVE = ("qcoll", "qiskit", "qiskit-aer", "numpy", "scipy")

#: Parts of qcoll that no number of a row depends on.
WITHOUT_NUMBERS = ("cli", "paper", "hardware", "plots.py", "report.py", "depth/report.py", "depth/export.py")


@functools.cache
def installed_versions() -> dict[str, str]:
    """Versions of the packages that decide the numbers, as far as they are installed."""
    from .. import __version__

    found = {"qcoll": __version__}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue  # an optional package: its absence is visible in the header
    return found


def decisive_versions() -> dict[str, str]:
    """Versions of the packages without which no row is measured.

    >>> sorted(decisive_versions())
    ['numpy', 'qcoll', 'qiskit', 'qiskit-aer', 'scipy']
    """
    return {package: installed_versions()[package] for package in DECISIVE}


@functools.cache
def code_hash() -> str:
    """A hash of the source files that decide a row's numbers: a version does not change with every change of code."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    # Synthesis starts from stored circuits: they decide numbers as code does.
    for path in sorted((*package.rglob("*.py"), *package.rglob("synthesis/*.json"))):
        name = path.relative_to(package).as_posix()
        if not any(name == part or name.startswith(f"{part}/") for part in WITHOUT_NUMBERS):
            digest.update(f"{name}\n{path.read_text(encoding='utf-8')}\n".encode())
    return digest.hexdigest()[:16]
