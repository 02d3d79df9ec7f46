"""Claims of Sections II and III and of Figs. 2 to 5: levels, steady states, coherence."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..exact import collision_channel, collision_matrix, evolve, master_equation, steady_state
from ..exact.joint import Method
from ..model import CollisionModel, example_1, example_2
from ..trajectory.pauli import Real
from .draws import draws_1, draws_2, figure_draw_1, largest
from .grids import steady_grid
from .pair import Pair
from .rows import Claim, Measured, Verdict

BETAS = (0.2, 0.5, 1.0, 2.0, 5.0)
METHODS: tuple[Method, Method] = ("exact", "second_order")
PERIOD = 63  # collisions in one turn of the system, 2 pi / (omega_S dt)
_COLDNESS = np.linspace(0.05, 8.0, 160)


def _sigma_z(**parameters: Any) -> float:
    state = steady_state(example_2(**parameters)).data
    return float((state[0, 0] - state[1, 1]).real)


def _exactly(holds: bool, numbers: str) -> Measured:
    return Measured("holds exactly" if holds else "does not hold", numbers)


def _qualified(holds: bool, exceptions: bool, numbers: str) -> Measured:
    verdict: Verdict = "does not hold" if not holds else "holds with a qualification" if exceptions else "holds exactly"
    return Measured(verdict, numbers)


def swings(values: Real) -> Real:
    """What is left of a series when its mean over one turn of the system is taken away."""
    mean = np.convolve(values, np.ones(PERIOD) / PERIOD, "valid")
    return np.asarray(values[PERIOD // 2 : PERIOD // 2 + len(mean)] - mean)


def _thermal_coherence() -> Measured:
    def coherence(kappa: float) -> float:
        return abs(Pair(omega_1=0.5, omega_2=1.5, kappa=kappa, beta=1.0).coherence)

    values = [coherence(k) for k in (0.0, 0.3, 1.0)]
    numbers = f"{values[0]:.0f}, {values[1]:.3f}, {values[2]:.3f} at kappa = 0, 0.3, 1"
    return _exactly(values[0] == 0 and min(values[1:]) > 0, numbers)


def _usual_assumption() -> Measured:
    """First-order correlations vanish for thermal ancillas where the coupling is local, not in example 2."""
    local = largest(float(np.abs(master_equation(d.model).driving).max()) for d in draws_1())
    joint = min(abs(d.forms.g_plus) for d in draws_2())
    return _exactly(
        local < 1e-15 and joint > 1e-3, f"example 1: none; example 2: |g| at least {joint:.3f} in the draws"
    )


def _continuous_limit() -> Measured:
    def rate(kappa: float, dt: float) -> float:
        model = example_2(kappa=kappa, alpha=0.1 / np.sqrt(dt), dt=dt)
        return float(np.linalg.norm(collision_channel(model).data - np.eye(4), 2) / dt)

    free, driven = (rate(k, 1e-6) / rate(k, 1e-4) for k in (0.0, 0.3))
    numbers = f"from dt = 1e-4 to 1e-6 the generator grows {driven:.1f} times at kappa = 0.3, {free:.1f} times at 0"
    return _exactly(free < 1.01 and driven > 5, numbers)


def _shifted_levels() -> Measured:
    free, coupled = (Pair(omega_1=0.5, omega_2=1.5, kappa=k, beta=1.0).energies for k in (0.0, 0.3))
    middle, outer = np.abs(coupled - free)[1:3].min(), np.abs(coupled - free)[[0, 3]].max()
    return _qualified(bool(middle > 0), bool(outer == 0), f"the middle two move by {middle:.3f}; the outer two do not")


def _singlet() -> Measured:
    a_minus, b_minus, a_plus, b_plus = Pair(omega_1=1.0, omega_2=1.0, kappa=0.3, beta=1.0).amplitudes
    flipped = Pair(omega_1=1.0, omega_2=1.0, kappa=-0.3, beta=1.0).amplitudes
    overlap = (a_minus - b_minus) ** 2 / 2
    wrong = (flipped[0] - flipped[1]) ** 2 / 2
    numbers = f"E'_2 is the singlet with weight {overlap:.0f} for kappa > 0 and {wrong:.0f} for kappa < 0"
    return _qualified(abs(overlap - 1) < 1e-12 and abs((a_plus + b_plus) ** 2 / 2 - 1) < 1e-12, wrong < 0.5, numbers)


def _no_driving_in_example_1() -> Measured:
    value = largest(float(np.abs(master_equation(d.model).driving).max()) for d in draws_1())
    drift = largest(float(np.abs(master_equation(d.model).ancilla_drift).max()) for d in draws_1())
    return _exactly(max(value, drift) < 1e-14, "all of them below 1e-14 at random complex couplings")


def _no_effect_in_example_1() -> Measured:
    """The coherence enters the rates through g_12; without it the steady state would be another."""
    draw, forms = example_1(), figure_draw_1().forms
    gain = float(forms.emitting.sum().real / np.trace(forms.emitting).real)
    state = steady_state(draw).data
    without = np.trace(forms.emitting).real / (np.trace(forms.emitting) + np.trace(forms.absorbing)).real
    numbers = (
        f"it changes the gain by {100 * (gain - 1):.0f} %, and the steady population of the upper level is "
        f"{state[0, 0].real:.3f}; from the populations of the pair alone it would be {without:.3f}"
    )
    return _exactly(abs(gain - 1) < 1e-3, numbers)


def _thermal_equilibrium() -> Measured:
    def effective(kappa: float, alpha_2: float = 0.1) -> float:
        state = steady_state(example_1(kappa=kappa, alpha_2=alpha_2)).data
        return float(np.log(state[1, 1].real / state[0, 0].real))

    values = [effective(k) for k in (0.0, 0.3, 1.0)]
    numbers = (
        f"the populations are those of beta = {values[0]:.3f}, {values[1]:.3f}, {values[2]:.3f} at kappa = 0, 0.3, 1 "
        f"(ancillas: 1); at kappa = 0.3 and opposite couplings {effective(0.3, -0.1):.3f}"
    )
    return _exactly(max(abs(v - 1) for v in values) < 1e-6, numbers)


def _no_coherence_in_example_1() -> Measured:
    value = largest(2 * abs(steady_state(d.model).data[0, 1]) for d in draws_1())
    return _exactly(value < 1e-13, "below 1e-13 at all draws, exact and any dt: the excitation number is conserved")


def _interaction_picture() -> Measured:
    matrix = collision_channel(example_1(), "second_order").data
    phase = float(np.angle(matrix[2, 2]))
    return _exactly(abs(phase) < 1e-6, f"rho_12 turns by {phase:.3f} per collision, which is -omega_S dt")


def _driving_needs_coherence() -> Measured:
    """G is proportional to the pair's coherence, and zero without exchange."""
    ratio = largest(abs(abs(d.forms.g_plus) - abs(d.forms.alpha * d.forms.pair.coherence)) for d in draws_2())
    free = float(np.abs(master_equation(example_2(kappa=0.0)).driving).max())
    return _exactly(ratio < 1e-15 and free < 1e-16, "g / (alpha* coherence) = 1; 0 at kappa = 0")


def _both_components() -> Measured:
    state = steady_state(example_2()).data
    x, y = 2 * state[0, 1].real, -2 * state[0, 1].imag
    numbers = f"<sigma_x> = {x:.2e}, <sigma_y> = {y:.1e}; <sigma_y> vanishes with dt"
    return _exactly(abs(x) > 1e-4 and abs(y) > 1e-8, numbers)


def _not_thermal() -> Measured:
    z, thermal = _sigma_z(), -np.tanh(0.5)
    return _exactly(abs(z - thermal) > 1e-4, f"<sigma_z> = {z:.4f}, thermal {thermal:.4f}")


def _line_without_coherence() -> Measured:
    def moves(levels: Any) -> float:
        z = np.einsum("nii,i->n", evolve(example_2(kappa=0.0, levels=levels), n=20000).states.real, [1.0, -1.0])
        return float(np.abs(z - z[0]).max())

    resonant, printed = moves("resonant"), moves("as_printed")
    numbers = f"at kappa = 0 it stays put to rounding; with the levels as printed it moves by {printed:.2f}"
    return _exactly(resonant < 1e-11, numbers)


def _same_temperature() -> Measured:
    steady = steady_grid(0.3, _COLDNESS, alpha=0.1).coherence
    best = _COLDNESS[steady.argmax()]
    peaks = {b: evolve(example_2(beta=b), n=400).coherence.max() for b in (0.5, 1.0, 1.5, 2.0)}
    numbers = (
        f"steady coherence is largest at beta = {best:.2f} ({steady.max():.4f}; {_at(steady, 1.0):.4f} at beta_S = 1), "
        f"the first peak grows from {peaks[1.0]:.4f} at 1 to {peaks[1.5]:.4f} at 1.5"
    )
    return _exactly(abs(best - 1.0) < 0.1, numbers)


def _at(values: Real, beta: float) -> float:
    return float(values[np.abs(_COLDNESS - beta).argmin()])


def _grows_with_kappa() -> Measured:
    kappa = np.linspace(0.02, 6.0, 300)
    coherence = steady_grid(kappa, 1.0).coherence
    peak = float(kappa[coherence.argmax()])
    rising = bool(np.all(np.diff(coherence[: coherence.argmax()]) > 0))
    return _qualified(rising and peak > 1, peak < 5.9, f"at beta = 1 up to kappa = {peak:.1f}, then it falls")


def _small_difference() -> Measured:
    z = [_sigma_z(kappa=k) for k in (0.1, 0.3, 0.5)]
    pair = Pair(omega_1=0.5, omega_2=1.5, kappa=0.3, beta=1.0)
    undriven = (pair.down_up - pair.up_down) / (pair.down_up + pair.up_down)
    numbers = (
        f"<sigma_z> = {z[0]:.4f}, {z[1]:.4f}, {z[2]:.4f} at kappa = 0.1, 0.3, 0.5; at 0.3 the populations of "
        f"the pair alone would give {undriven:.4f}, and the driving takes part of that back"
    )
    return _qualified(max(z) - min(z) < 0.02, undriven > z[1] > -np.tanh(0.5), numbers)


def _damped_oscillations() -> Measured:
    model = example_2()
    c = evolve(model, n=60000).coherence
    tops = np.flatnonzero((c[1:-1] > c[:-2]) & (c[1:-1] > c[2:])) + 1
    heights = c[tops] - steady_grid(0.3, 1.0, alpha=0.1).coherence
    numbers = (
        f"a maximum every {np.diff(tops).min()}-{np.diff(tops).max()} collisions; their height over the steady value "
        f"falls from {heights[0]:.4f} to {heights[-1]:.4f} in 60 000 collisions"
    )
    return _exactly(bool(np.all(np.diff(heights) < 0) and heights[-1] < heights[0] / 3), numbers)


def _reached() -> Measured:
    """The second-order map stretches the coherence by dt^4 omega_S^4 / 8 per collision; cold ancillas damp less."""
    coldness = np.linspace(0.1, 6.0, 60)
    damping = {m: np.array([coherence_damping(example_2(beta=b), m) for b in coldness]) for m in METHODS}
    border = float(coldness[damping["second_order"] < 0].min())
    at_one = np.abs(coldness - 1.0).argmin()
    numbers = (
        f"at beta = 1 its oscillations shrink by {damping['second_order'][at_one]:.1e} per collision, exactly "
        f"{damping['exact'][at_one]:.1e}; from beta = {border:.1f} they grow"
    )
    return _qualified(bool(damping["second_order"][at_one] > 0), bool(border < 6), numbers)


def coherence_damping(model: CollisionModel, method: Method) -> float:
    """How much the oscillations of the coherence shrink per collision; negative if they grow."""
    values = np.linalg.eigvals(collision_matrix(model, method))
    return float(1 - np.abs(values[np.abs(values.imag) > 1e-6]).max())


def _swing(kappa: float) -> float:
    z = np.einsum("nii,i->n", evolve(example_2(kappa=kappa, alpha=0.2), n=400).states.real, [1.0, -1.0])
    return float(np.ptp(swings(z)))


def _populations_oscillate() -> Measured:
    return _exactly(_swing(0.3) > 1e-6, f"by {_swing(0.3):.1e} peak to peak at kappa = 0.3, alpha = 0.2")


def _wider_for_larger_kappa() -> Measured:
    values = [_swing(k) for k in (0.1, 0.3, 0.5, 1.0)]
    numbers = ", ".join(f"{v:.1e}" for v in values) + " at kappa = 0.1, 0.3, 0.5, 1"
    return _exactly(bool(np.all(np.diff(values) > 0)), numbers)


def _colder_is_more_coherent() -> Measured:
    kappa = np.linspace(0.05, 4.0, 80)
    rising = np.all(np.diff(steady_grid(kappa[:, None], np.array(BETAS)).coherence, axis=1) > 0, axis=1)
    border = float(kappa[rising].min())
    share = 100 * rising.mean()
    numbers = f"for all kappa above {border:.2f} ({share:.0f} % of the axis up to 4), for none below"
    return _qualified(bool(rising.mean() > 0.5), not rising.all(), numbers)


def _spread_at_large_kappa(method: Method) -> tuple[float, list[float]]:
    kappa = np.array([10.0, 30.0, 60.0, 100.0, 300.0])
    values = steady_grid(kappa[:, None], np.array(BETAS), method).coherence
    return float(np.ptp(values[-1]) / values[-1].mean()), [float(v) for v in values[:, 2]]


def _large_kappa() -> Measured:
    """A common value at all temperatures for large kappa: the second-order map has one (zero), the exact one none."""
    spread, second = _spread_at_large_kappa("second_order")
    _, exact = _spread_at_large_kappa("exact")
    converges = second[-1] < 0.1 * second[0] and spread < 0.01
    exact_converges = abs(exact[-1] - exact[-2]) < 0.1 * exact[-2] and abs(exact[-2] - exact[-3]) < 0.1 * exact[-3]
    verdict: Verdict = (
        "holds exactly"
        if converges and exact_converges
        else "holds to second order only"
        if converges
        else "does not hold"
    )
    listed = ", ".join(f"{v:.4f}" for v in second), ", ".join(f"{v:.4f}" for v in exact)
    return Measured(
        verdict,
        f"at beta = 1 and kappa = 10, 30, 60, 100, 300 second order {listed[0]}: the common value is zero, "
        f"approached like 1/kappa; exact at dt = 0.1 {listed[1]}: resonances with kappa dt",
    )


def _peak_in_kappa() -> Measured:
    kappa = np.linspace(0.05, 8.0, 319)
    values = steady_grid(kappa[:, None], np.array([1.0, 2.0, 5.0])).coherence
    peaks = kappa[values.argmax(axis=0)]
    numbers = f"at kappa = {peaks[0]:.2f}, {peaks[1]:.2f}, {peaks[2]:.2f} for beta = 1, 2, 5"
    return _exactly(bool(np.all((peaks > 0.5) & (peaks < 7))), numbers)


def _larger_below_one() -> Measured:
    kappa = np.array([0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.86])
    values = steady_grid(kappa[:, None], np.linspace(0.1, 10, 100)).coherence
    return _exactly(bool(np.all(np.diff(values, axis=0) > 0)), "at every beta from 0.1 to 10, kappa from 0.05 to 0.86")


def _same_value_above_one() -> Measured:
    values = steady_grid(np.array([1.0, 1.5, 2.0, 5.0]), np.inf).coherence
    listed = ", ".join(f"{v:.3f}" for v in values)
    return _exactly(
        bool(np.ptp(values) < 0.01), f"{listed} at beta = inf and kappa = 1, 1.5, 2, 5: every kappa has its own"
    )


def _border() -> Measured:
    """At beta = inf the ground state changes at kappa = sqrt(omega_1 omega_2), and with it everything."""
    above = steady_grid(np.array([0.867, 0.9, 1.0, 1.2]), np.inf).coherence
    below = float(steady_grid(0.8, 60.0).coherence)
    falling = bool(np.all(np.diff(above) < 0))
    numbers = (
        f"the border is kappa = sqrt(omega_1 omega_2) = {np.sqrt(0.75):.3f}, where the largest value at beta = inf is "
        f"{above[0]:.3f}; {above[2]:.3f} at kappa = 1, {below:.4f} at kappa = 0.8 and beta = 60"
    )
    return _qualified(falling and below < 0.01, above[0] > above[2], numbers)


def _vanishes_below_one() -> Measured:
    cold = steady_grid(np.array([0.3, 0.5, 0.7]), 20.0).coherence
    between = float(steady_grid(0.9, np.inf).coherence)
    numbers = (
        f"{cold[0]:.0e}, {cold[1]:.0e}, {cold[2]:.0e} at kappa = 0.3, 0.5, 0.7 and beta = 20; but {between:.3f} at 0.9"
    )
    return _qualified(bool(cold.max() < 0.01), between > 0.1, numbers)


def _second_order_is_good() -> Measured:
    """The analytic steady state is that of the second-order map; how far the exact one is away."""
    near, far = (
        abs(float(steady_grid(k, 1.0, "second_order").coherence / steady_grid(k, 1.0).coherence) - 1)
        for k in (0.3, 4.0)
    )
    numbers = f"its coherence is off by {100 * near:.2f} % at kappa = 0.3 and {100 * far:.0f} % at kappa = 4 (dt = 0.1)"
    return Measured("holds to second order only" if near > 1e-6 else "holds exactly", numbers)


def _claim(name: str, where: str, statement: str, expected: Verdict, check: Any) -> Claim:
    return Claim(name=name, where=where, statement=statement, expected=expected, check=check)


CLAIMS = (
    _claim("thermal coherence", "II A", "a thermal state of interacting parts is not diagonal in product states",
           "holds exactly", _thermal_coherence),
    _claim("first-order correlations", "II B", "g_k can differ from zero for thermal structured ancillas",
           "holds exactly", _usual_assumption),
    _claim("continuous limit", "II B", "scaling the coupling by 1/sqrt(dt) diverges when g_k is not zero",
           "holds exactly", _continuous_limit),
    _claim("levels", "Fig. 2", "the interaction changes the energy levels", "holds with a qualification",
           _shifted_levels),
    _claim("singlet and triplet", "III A", "at equal frequencies the middle states are a singlet and a triplet, "
           "respectively", "holds with a qualification", _singlet),
    _claim("example 1 undriven", "III A", "all g_k and g_kH terms vanish in example 1", "holds exactly",
           _no_driving_in_example_1),
    _claim("picture", "III A", "Eq. 48 is in the interaction picture", "does not hold", _interaction_picture),
    _claim("example 1 unaffected", "III A", "coherence in the bath 'has no effect on the dynamics' of example 1",
           "does not hold", _no_effect_in_example_1),
    _claim("example 1 thermalises", "III A", "the system 'will simply reach thermal equilibrium'", "does not hold",
           _thermal_equilibrium),
    _claim("example 1 incoherent", "III A", "no coherence forms in the steady state of example 1", "holds exactly",
           _no_coherence_in_example_1),
    _claim("driving from coherence", "III B", "the driving is proportional to the ancilla's coherence and absent "
           "without structure", "holds exactly", _driving_needs_coherence),
    _claim("analytic steady state", "III B", "B11-B14 are the steady state", "holds to second order only",
           _second_order_is_good),
    _claim("both components", "III B", "steady <sigma_x> and <sigma_y> are both non-zero", "holds exactly",
           _both_components),
    _claim("not thermal", "Fig. 3a", "the steady population is not the thermal one", "holds exactly", _not_thermal),
    _claim("constant without coherence", "Fig. 3a", "without coherence the population at beta = beta_S would be a line",
           "holds exactly", _line_without_coherence),
    _claim("equal temperatures", "Fig. 3b", "coherence is maximal when system and environment have the same "
           "temperature", "does not hold", _same_temperature),
    _claim("kappa and coherence", "Fig. 3d", "the stronger the exchange, the more coherence",
           "holds with a qualification", _grows_with_kappa),
    _claim("small population shift", "Fig. 3c", "steady populations differ a little, because the coherence does",
           "holds with a qualification", _small_difference),
    _claim("oscillations", "III B", "coherence oscillates and the oscillations are slowly suppressed", "holds exactly",
           _damped_oscillations),
    _claim("steady state reached", "III B", "Eq. 56 takes the system to its steady state",
           "holds with a qualification", _reached),
    _claim("population oscillates", "Fig. 4a", "<sigma_z> oscillates on its way to the steady state", "holds exactly",
           _populations_oscillate),
    _claim("wider oscillations", "Fig. 4b", "the oscillations of <sigma_z> are wider for larger kappa", "holds exactly",
           _wider_for_larger_kappa),
    _claim("colder is better", "Fig. 5a", "in general there is more steady coherence at lower temperature",
           "holds with a qualification", _colder_is_more_coherent),
    _claim("large kappa", "Fig. 5a", "for large kappa coherence converges to a value independent of temperature",
           "holds to second order only", _large_kappa),
    _claim("peak in kappa", "Fig. 5a", "coherence has a peak at certain kappa", "holds exactly", _peak_in_kappa),
    _claim("below one", "Fig. 5b", "for kappa below about 1 larger kappa means more coherence", "holds exactly",
           _larger_below_one),
    _claim("cold limit above one", "Fig. 5b", "for kappa above about 1 and large beta coherence 'reaches always the "
           "same steady value'", "does not hold", _same_value_above_one),
    _claim("border", "Fig. 5b", "kappa = 1 is the border, with the largest value in the cold limit",
           "holds with a qualification", _border),
    _claim("cold limit below one", "III B", "for kappa below about 1 coherence goes to zero at large beta",
           "holds with a qualification", _vanishes_below_one),
)  # fmt: skip
