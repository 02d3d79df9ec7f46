"""Ready collision models of the literature, one function each, with their sources.

``python -m qcoll.models --write docs/gallery.md`` draws a figure of each.
"""

from .chain import boundary_driven_chain
from .collective import collective_bath
from .damping import generalised_amplitude_damping
from .engine import two_stroke_engine
from .partial_swap import homogenisation
from .remembering import remembering_bath
from .ring import oscillator_ring, squeezed_thermal_unit

__all__ = [
    "boundary_driven_chain",
    "collective_bath",
    "generalised_amplitude_damping",
    "homogenisation",
    "oscillator_ring",
    "remembering_bath",
    "squeezed_thermal_unit",
    "two_stroke_engine",
]
