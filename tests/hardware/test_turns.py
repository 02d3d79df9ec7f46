"""Sampled collisions on sets of ancilla qubits in turn, submitted to a fake device."""

from __future__ import annotations

import numpy as np

import qcoll
from qcoll.hardware import design_experiment, dry_run, submit, trajectory


def test_they_are_measured_as_predicted(tmp_path):
    """The means over few draws, against the exact noisy mean over all of them."""
    model = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    compiled = qcoll.compile_collisions(model, 3, "+", synthesis="sampled", ancillas="alternating", sets=2)
    experiment = design_experiment(
        compiled, "fake_lagos", at=[3], shots=1600, quantities=["state"], draws=32, seeds=[0], seed=5
    )
    assert "32 draws" in str(dry_run(experiment))
    measured = trajectory(submit(experiment, root=tmp_path))
    predicted = qcoll.simulate(compiled, noise="fake_lagos", seeds=[0])
    off = np.abs(measured.states[-1] - predicted.states[-1]).max()
    assert off < 0.25  # 0.07 of the draws and 0.13 of the readout, which a state of the simulation does not have
