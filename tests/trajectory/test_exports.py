import numpy as np
import pandas
import pytest
import qutip
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.trajectory.files import save_csv

EXACT = qcoll.evolve(qcoll.example_2(alpha=0.5), 12, record=3)


def test_xarray_has_states_and_ledger():
    data = EXACT.to_xarray()
    assert list(data.collision) == [0, 3, 6, 9, 12]
    assert np.array_equal(data.state, EXACT.states)
    assert np.array_equal(data.heat[1:], EXACT.heat)
    assert float(data.heat[0]) == 0
    assert data.heat.attrs == {"long_name": "heat absorbed by the system", "units": "energy (hbar = k_B = 1)"}
    assert data.attrs["fingerprint_of_the_model"] == EXACT.model.fingerprint()


def test_errors_come_along():
    run = qcoll.simulate(qcoll.compile_collisions(qcoll.example_2(alpha=0.5), 2), shots=100, seed=1)
    data = run.to_xarray()
    assert np.array_equal(data.energy_error, run.standard_error(run.model.system))
    assert np.array_equal(data.heat_error[1:], run.heat_error)
    assert np.array_equal(run.to_dataframe()["work_error"][1:], run.work_error)


def test_pandas_has_the_table_of_the_csv_file(tmp_path):
    save_csv({"exact": EXACT}, tmp_path / "run.csv")
    table = pandas.read_csv(tmp_path / "run.csv").set_index("collision").drop(columns="source")
    pandas.testing.assert_frame_equal(EXACT.to_dataframe(), table, check_exact=True)


def test_qutip_has_the_states_with_a_factor_for_each_qubit():
    model = qcoll.models.collective_bath()
    run = qcoll.evolve(model, 3, "01")
    states = run.to_qutip()
    assert states[0] == qutip.ket2dm(qutip.tensor(qutip.basis(2, 0), qutip.basis(2, 1)))
    last = qutip.expect(qutip.tensor(qutip.qeye(2), qutip.sigmaz()), states)
    assert np.allclose(last, run.expectation(SparsePauliOp("IZ")), atol=1e-14)


def test_cycles_have_the_heat_of_their_strokes():
    model = qcoll.example_2(alpha=0.5)
    run = qcoll.evolve(qcoll.Cycle([model, model]), 3)
    assert np.array_equal(run.to_xarray().heat_of_strokes[1:], run.heat_of_strokes)


def test_expectation_takes_whatever_is_an_operator():
    run = qcoll.evolve(qcoll.example_2(), n=3, initial="+")
    expected = 0.5 * (run.states[:, 0, 0] - run.states[:, 1, 1]).real + run.states[:, 0, 1].real
    forms = [
        [("Z", 0.5), ("X", 0.5)],
        0.5 * (qutip.sigmaz() + qutip.sigmax()),
        np.array([[0.5, 0.5], [0.5, -0.5]]),
        [[0.5, 0.5], [0.5, -0.5]],
    ]
    for operator in forms:
        assert np.allclose(run.expectation(operator), expected, atol=1e-15)
    assert np.allclose(run.expectation("Z"), (run.states[:, 0, 0] - run.states[:, 1, 1]).real)
    for wrong in ("Q", None, [("Z", "a")]):
        with pytest.raises(qcoll.InputError, match="the operator"):
            run.expectation(wrong)
