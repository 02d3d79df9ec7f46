"""The gallery: a figure of every ready model, with the numbers that its text states, computed when it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from qiskit.quantum_info import DensityMatrix, SparsePauliOp, concurrence

from ..exact import dynamical_maps, evolve, steady_state
from ..gaussian import GaussianCycle
from ..model.collision import CollisionModel
from ..trajectory.pauli import Complex, Real
from .chain import boundary_driven_chain
from .collective import collective_bath
from .damping import generalised_amplitude_damping
from .engine import two_stroke_engine
from .partial_swap import homogenisation
from .remembering import remembering_bath
from .ring import oscillator_ring, squeezed_thermal_unit

#: Okabe and Ito's colours, which colour-blind readers can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
SINGLET = np.array([0, 1, -1, 0]) / np.sqrt(2)


@dataclass(frozen=True)
class Entry:
    """A model in the gallery.

    Args:
        function: its name in ``qcoll.models``, which names the figure too.
        title: the heading.
        code: how the figure's model is made.
        draw: fills two panels and returns what the text says of them.
    """

    function: str
    title: str
    code: str
    draw: Callable[[Axes, Axes], str]


def _homogenisation(left: Axes, right: Axes) -> str:
    model = homogenisation(state=[[0.6, 0.2], [0.2, 0.4]], omega=0.0, coupling=0.3)
    trajectory = evolve(model, 60, "1")
    left.plot(trajectory.collisions, trajectory.states[:, 0, 0].real, color=COLOURS[0], label="population of |0>")
    left.plot(trajectory.collisions, np.abs(trajectory.states[:, 0, 1]), color=COLOURS[1], label="|coherence|")
    left.legend()
    distance = _trace_distances(trajectory.states, np.array([[0.6, 0.2], [0.2, 0.4]]))
    right.semilogy(trajectory.collisions, distance, color=COLOURS[0], label="distance from the reservoir")
    cosine, length = np.cos(0.3), np.sqrt(0.2)  # of the reservoir's Bloch vector
    slowest = cosine * np.sqrt(cosine**2 + (length * np.sin(0.3)) ** 2)
    right.semilogy(
        trajectory.collisions, distance[0] * slowest**trajectory.collisions, "--", color="black", label="rate"
    )
    right.legend()
    return (
        f"After 60 collisions the system is {distance[-1]:.1e} (trace distance) from the reservoir's state. What they "
        "differ by shrinks by $c^2$ in every collision along the reservoir's Bloch vector r, and by "
        "$c\\sqrt{c^2 + s^2r^2}$ across it (dashed), with c and s the cosine and sine of the coupling times dt."
    )


def _damping(left: Axes, right: Axes) -> str:
    for colour, beta in zip(COLOURS, (0.0, 1.0, np.inf), strict=False):
        trajectory = evolve(generalised_amplitude_damping(beta=beta), 80, "+")
        left.plot(trajectory.collisions, trajectory.states[:, 0, 0].real, color=colour, label=f"beta = {beta:g}")
        right.plot(trajectory.collisions[1:], trajectory.entropy_change, color=colour)
    left.set_ylabel("population of |0>")
    right.set_ylabel("entropy change per collision")
    left.legend()
    population = steady_state(generalised_amplitude_damping(beta=1.0)).data[0, 0].real
    return f"At beta = 1 the upper state keeps the population {population:.6f} = 1/(e + 1)."


def _collective(left: Axes, right: Axes) -> str:
    model = collective_bath()
    for colour, label in zip(COLOURS, ("00", "01"), strict=False):
        trajectory = evolve(model, 60, label)
        left.plot(trajectory.collisions, trajectory.energy + 1, color=colour, label=f"from |{label}>")
        entangled = [concurrence(DensityMatrix(state)) for state in trajectory.states]
        right.plot(trajectory.collisions, entangled, color=colour)
    left.set_ylabel("excitations")
    right.set_ylabel("concurrence")
    left.legend()
    final = evolve(model, 2000, "01", record=2000).states[-1]
    dark = float((SINGLET @ final @ SINGLET).real)
    return f"From one excited qubit the share {dark:.4f} stays in the singlet, which no ancilla can reach."


def _ring(left: Axes, right: Axes) -> str:
    springs = np.linspace(0.0, 2.0, 41)
    states = [oscillator_ring(spring=spring, dt=0.01).steady_state().covariance for spring in springs]
    units = [squeezed_thermal_unit(spring=spring, dt=0.01).steady_state().covariance for spring in springs]
    for colour, place, name in ((COLOURS[0], 0, "position"), (COLOURS[1], 1, "momentum")):
        left.plot(springs, [state[place, place] for state in states], color=colour, label=f"{name}, ring")
        marks = [unit[place, place] for unit in units[::5]]
        left.plot(springs[::5], marks, "o", color=colour, mfc="none", label=f"{name}, squeezed unit")
    left.set_ylabel("variance in the steady state")
    left.legend(loc=(0.36, 0.22))
    steps = np.array([0.1, 0.05, 0.02, 0.01, 0.005, 0.002])
    apart = [
        np.abs(ring.steady_state().covariance - unit.steady_state().covariance).max()
        for ring, unit in ((oscillator_ring(dt=dt), squeezed_thermal_unit(dt=dt)) for dt in steps)
    ]
    right.loglog(steps, apart, "o-", color=COLOURS[2])
    right.set_xlabel("dt")
    right.set_ylabel("ring and squeezed unit apart")
    left.set_xlabel("spring")
    slope = np.polyfit(np.log(steps[2:]), np.log(apart[2:]), 1)[0]
    return (
        f"Ring and squeezed thermal unit have one steady state up to {apart[-1]:.1e} at dt = 0.002, a difference that "
        f"falls as dt to the power {slope:.2f}."
    )


def _chain(left: Axes, right: Axes) -> str:
    sites = 4
    for colour, delta in zip(COLOURS, (0.0, 0.5, 1.0), strict=False):
        model = boundary_driven_chain(sites=sites, anisotropy=delta, betas=(-np.inf, np.inf), dt=0.02)
        state = steady_state(model).data
        spins = [SparsePauliOp.from_sparse_list([("Z", [k], 1.0)], sites).to_matrix() for k in range(sites)]
        profile = [np.trace(spin @ state).real for spin in spins]
        left.plot(range(1, sites + 1), profile, "o-", color=colour, label=f"Delta = {delta:g}")
    left.set_xlabel("site")
    left.set_ylabel("$\\langle\\sigma^z\\rangle$")
    left.legend()
    rates = np.linspace(0.2, 6, 25)
    flows = [_current(boundary_driven_chain(sites=3, betas=(-np.inf, np.inf), rate=rate, dt=0.01)) for rate in rates]
    right.plot(rates, flows, "o", color=COLOURS[0], mfc="none", label="3 sites, dt = 0.01")
    right.plot(rates, 2 * rates / (4 + rates**2), color="black", label="$2\\Gamma/(4 + \\Gamma^2)$")
    right.set_xlabel("rate")
    right.set_ylabel("current of the XX chain")
    right.legend()
    return (
        f"The current of the XX chain is largest, 1/2, at a rate of 2; three sites and dt = 0.01 give {max(flows):.4f}."
    )


def _engine(left: Axes, right: Axes) -> str:
    ratios = np.linspace(0.05, 1.4, 55)
    rounds = [_round(two_stroke_engine(frequencies=(2.0, 2.0 * ratio))) for ratio in ratios]
    for colour, name in zip(COLOURS, ("heat from hot", "heat from cold", "work"), strict=False):
        left.plot(ratios, [each[name] for each in rounds], color=colour, label=name)
    for border in (0.25, 1.0):
        left.axvline(border, color="grey", linewidth=0.6)
    left.axhline(0, color="grey", linewidth=0.6)
    left.set_xlabel("cold frequency / hot frequency")
    left.set_ylabel("per round")
    left.legend()
    kappas = np.linspace(0.0, 0.6, 31)
    structured = [_round(two_stroke_engine(kappa=kappa)) for kappa in kappas]
    for colour, name in zip(COLOURS[2:], ("work", "driving work"), strict=False):
        label = "with coherence" if name == "work" else "populations alone"
        right.plot(kappas, [-each[name] for each in structured], color=colour, label=label)
    right.axhline(0, color="grey", linewidth=0.6)
    right.set_xlabel("kappa")
    right.set_ylabel("work output per round")
    right.legend()
    plain, pairs = _round(two_stroke_engine()), _round(two_stroke_engine(kappa=0.3))
    return (
        "Left: a refrigerator, an engine and an accelerator, apart at the ratio of the temperatures and at one. Right: "
        "does the ancilla's coherence help? Not where the system meets one member of each pair. Plain ancillas give "
        f"{-plain['work']:.5f} per round at an efficiency of {-plain['work'] / plain['heat from hot']:.4f}, pairs with "
        f"kappa = 0.3 give {-pairs['work']:.5f} at {-pairs['work'] / pairs['heat from hot']:.4f}. Pairs with the same "
        f"populations and no coherence would give {-pairs['driving work']:.5f} at 0.5000: what is missing is the "
        f"switching work of {pairs['switching work']:.5f} that the coherence takes."
    )


def _remembering(left: Axes, right: Axes) -> str:
    collisions = 60
    for colour, swap in zip(COLOURS, (0.0, 0.9, 0.99), strict=False):
        maps = dynamical_maps(remembering_bath(swap=swap), collisions)
        left.plot(maps.collisions, maps.distances("+", "-"), color=colour, label=f"swap = {swap:g}")
    left.set_ylabel("trace distance of |+> and |->")
    left.legend()
    swaps = np.linspace(0.0, 1.0, 41)
    values = [
        dynamical_maps(remembering_bath(swap=swap), collisions).non_markovianity(("+", "-")).value for swap in swaps
    ]
    right.plot(swaps, values, color=COLOURS[0])
    right.set_xlabel("swap")
    right.set_ylabel("trace distance that comes back")
    half = dynamical_maps(remembering_bath(swap=0.9), collisions)
    back = half.non_markovianity(("+", "-")).value
    first = swaps[int(np.argmax(np.array(values) > 0))]
    return (
        f"With a swap of 0.9 the trace distance {back:.4f} of |+> and |-> comes back in {collisions} collisions, and "
        f"{int((~half.divisible).sum())} of the {collisions} intermediate maps are not completely positive. The "
        f"smallest swap of this grid from which these two states come back is {first:.3f}."
    )


def _round(engine: GaussianCycle) -> dict[str, float]:
    """The ledger of a round in the limit cycle."""
    ledger = engine.evolve(1, engine.steady_state())
    return {
        "heat from hot": float(ledger.heat_of_strokes[0, 0]),
        "heat from cold": float(ledger.heat_of_strokes[0, 1]),
        "work": float(ledger.work[0]),
        "driving work": float(ledger.driving_work[0]),
        "switching work": float(ledger.switching_work[0]),
    }


GALLERY = (
    Entry(
        "homogenisation",
        "Homogenisation by partial swap",
        "homogenisation(state=[[0.6, 0.2], [0.2, 0.4]], omega=0.0, coupling=0.3)",
        _homogenisation,
    ),
    Entry(
        "generalised_amplitude_damping",
        "Generalised amplitude damping",
        "generalised_amplitude_damping(beta=1.0)",
        _damping,
    ),
    Entry("collective_bath", "A collective bath of two qubits", "collective_bath()", _collective),
    Entry("remembering_bath", "A bath that remembers", "remembering_bath(swap=0.9)", _remembering),
    Entry("oscillator_ring", "A ring of oscillators", "oscillator_ring(spring=0.5, dt=0.01)", _ring),
    Entry(
        "boundary_driven_chain",
        "The boundary-driven chain",
        "boundary_driven_chain(sites=4, anisotropy=0.5, betas=(-np.inf, np.inf), dt=0.02)",
        _chain,
    ),
    Entry("two_stroke_engine", "The two-stroke engine and refrigerator", "two_stroke_engine(kappa=0.3)", _engine),
)


def drawn(entry: Entry) -> tuple[Figure, str]:
    """The figure of an entry, and what the text says of it."""
    figure = Figure(figsize=(8.0, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes in (left, right):
        axes.set_xlabel("collisions")
        axes.spines[["top", "right"]].set_visible(False)
    said = entry.draw(left, right)
    for axes in (left, right):
        if axes.get_legend() is not None:
            axes.get_legend().set_frame_on(False)
    return figure, said


def _trace_distances(states: Complex, reference: Real) -> Real:
    return np.asarray(np.abs(np.linalg.eigvalsh(states - reference)).sum(axis=1) / 2)


def _current(model: CollisionModel) -> float:
    """From the first site to the second, with hopping 1."""
    size = model.num_system_qubits
    operator = SparsePauliOp.from_sparse_list([("XY", [0, 1], 0.5), ("YX", [0, 1], -0.5)], size)
    return float(abs(np.trace(operator.to_matrix() @ steady_state(model).data).real))
