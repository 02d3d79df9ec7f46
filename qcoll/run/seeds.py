"""Seeds for Aer whose random numbers have nothing in common."""

from __future__ import annotations

import numpy as np


def aer_seed(seed: int | None) -> int:
    """A seed for Aer, spread over all seeds (31 bits); drawn at random for None.

    Aer gives shot k of circuit j the seed s + k + 2113 j wherever every shot is a trajectory: runs with neighbouring
    seeds are then the same shots over again, moved by one (``findings/aer_neighbouring_seeds_share_trajectories.sh``).

    Example:
        >>> abs(aer_seed(1) - aer_seed(2)) > 1_000_000
        True
    """
    return int(np.random.SeedSequence(seed).generate_state(1)[0] >> 1)
