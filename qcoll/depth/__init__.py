"""How deep the circuits are and how wrong: the depth benchmark and the exported circuits.

=======================================  ===========================================================================
:func:`grid`, :func:`quick`              cases: models x levels x formulas x policies x targets x compilers
:func:`run_benchmark`                    measure them into a file of JSON lines, resumable
:func:`.report.save_report`              table (Markdown) and depth-against-error plots of the rows
:func:`.export.export_circuits`          the canonical circuits as OpenQASM with their manifest
``MODELS``, ``TARGETS``, ``COMPILERS``   the registries; adding to one is one registered function
=======================================  ===========================================================================

>>> from qcoll.depth import grid
>>> len(grid(models=["example2"], targets=["line"], synthesis=["trotter"], orders=[1, 2], optimization=[1, 3]))
4
"""

from .benchmark import Run, run_benchmark
from .case import Case, grid, levels, quick
from .compilers import COMPILERS
from .measurement import measure
from .models import MODELS
from .rows import RowFile
from .targets import TARGETS

__all__ = [
    "COMPILERS",
    "MODELS",
    "TARGETS",
    "Case",
    "RowFile",
    "Run",
    "grid",
    "levels",
    "measure",
    "quick",
    "run_benchmark",
]
