import shutil
import subprocess
import sys
from pathlib import Path

import h5netcdf
import netCDF4
import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

import qcoll
from qcoll.cli.commands import app
from qcoll.errors import InputError
from qcoll.study import joined_complex, load_study, open_study, split_complex

FIGURE_5 = Path(__file__).parents[2] / "studies" / "figure_5.toml"
TEXT = """
model = "example_2"
parameters = { alpha = 0.2 }
quantities = ["coherence"]

[compute]
kind = "steady_state"

[axes]
kappa = { from = 0.1, to = 0.5, count = 3 }
beta = [1.0, 2.0]
"""


def test_one_command_writes_the_dataset(tmp_path):
    out = tmp_path / "out"
    said = CliRunner().invoke(app, ["sweep", str(FIGURE_5), "--out", str(out)])
    assert said.exit_code == 0
    assert "1000 points computed" in said.output
    data = open_study(out)
    assert data.coherence.shape == (200, 5)
    state = qcoll.steady_state(qcoll.example_2(kappa=data.kappa.values[17], beta=0.5, alpha=0.2)).data
    assert data.coherence[17, 1] == pytest.approx(2 * abs(state[0, 1]), abs=1e-13)
    again = CliRunner().invoke(app, ["sweep", str(FIGURE_5), "--out", str(out), "--plot", str(out / "five.png")])
    assert (out / "five.png").read_bytes().startswith(b"\x89PNG")
    assert "0 points computed, 1000 were there already" in again.output


def test_every_reader_sees_the_same_numbers(tmp_path):
    compute = {"kind": "trajectory", "n": 3}
    study = qcoll.Study("example_2", {"alpha": [0.5, 0.5j], "beta": [1.0, 2.0]}, compute, ["state", "heat"])
    data = study.run(tmp_path)
    assert data.state.dtype == complex
    assert list(data.alpha.values) == [0.5, 0.5j]
    with netCDF4.Dataset(tmp_path / "study.nc") as plain:
        state = plain["state_real"][:] + 1j * plain["state_imag"][:]
        assert np.array_equal(state, data.state.values)
        assert np.array_equal(plain["heat"][:], data.heat.values)
        assert plain["state_real"].long_name == "density matrix of the system, real part"
    with h5netcdf.File(tmp_path / "study.nc") as plain:
        assert np.array_equal(plain["heat"][...], data.heat.values)
        assert np.array_equal(plain["state_imag"][...], data.state.values.imag)
    with xarray.open_dataset(tmp_path / "study.nc", engine="netcdf4") as plain:
        table = plain["heat"].to_dataframe()
        assert np.array_equal(table["heat"].to_numpy().reshape(2, 2, 4), data.heat.values)
        assert set(plain.coords) == {"alpha_real", "alpha_imag", "beta", "collision"}
    split_complex(data).to_netcdf(tmp_path / "again.nc", engine="netcdf4")
    with xarray.open_dataset(tmp_path / "again.nc", engine="netcdf4") as plain:
        assert joined_complex(plain).equals(data)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[compute]", "workers = 3\n[compute]", "line 6: unknown entry 'workers'; a study has title, model"),
        ("beta =", "temperature =", "line 11: example_2 has no parameter for the axis 'temperature'"),
        ("count = 3", "count = 0", "line 10: 'count' of axis 'kappa' must be a positive integer"),
        ('kind = "steady_state"', 'kind = "steady_state"\nn = 3', "line 8: steady_state has no option 'n'"),
        ('"coherence"', '"fidelity"', "line 4: steady_state does not give the quantity 'fidelity'"),
        ("alpha = 0.2", "alpha = 0.2, gamma = 1", "line 3: example_2 has no parameter for the parameter 'gamma'"),
        ("example_2", "exampel_2", "line 2: there is no model 'exampel_2'"),
        (
            "beta = [1.0, 2.0]",
            "pair = { zip = { beta = [1.0], dt = [1, 2] } }",
            "line 11: axis 'pair' zips values of different length: beta has 1, dt has 2",
        ),
        ("[axes]", "[axs]", "line 9: unknown entry 'axs'"),
        ("[axes]", "[axes", "not valid TOML"),
    ],
)
def test_what_is_wrong_and_on_which_line(tmp_path, old, new, message):
    path = tmp_path / "study.toml"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(InputError, match=message):
        load_study(path)
    path.write_text(TEXT)
    assert len(load_study(path)) == 6


def test_without_the_extra_it_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['h5netcdf'] = None\n"
        "import qcoll\n"
        "study = qcoll.Study('example_2', {'kappa': [1]}, 'steady_state')\n"
        "try: study.run()\n"
        "except qcoll.MissingExtraError as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert 'h5netcdf is not installed: pip install "qcoll[study]"' in said.stdout


def test_a_copied_folder_goes_on(tmp_path):
    study = tmp_path / "study.toml"
    study.write_text(TEXT)
    load_study(study).compute_into(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert load_study(study).compute_into(tmp_path / "two").computed == 0
