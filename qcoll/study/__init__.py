"""Studies: a model over axes, computed point by point or in batches, on a laptop or a cluster, into one dataset."""

from .computations import OPTIONS
from .files import load_study
from .netcdf import joined_complex, open_study, split_complex
from .quantities import OFFERED
from .study import Progress, Study, Summary

__all__ = [
    "OFFERED",
    "OPTIONS",
    "Progress",
    "Study",
    "Summary",
    "joined_complex",
    "load_study",
    "open_study",
    "split_complex",
]
