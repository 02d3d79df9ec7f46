#!/usr/bin/env bash
# A complex variable of an xarray dataset comes back as pairs, as numbers or not at all, depending on the engine.
#
# Versions: xarray 2026.9.0, netCDF4 1.7.5.1.post1, h5netcdf 1.8.2, h5py 3.16.0, scipy 1.17.1, Python 3.11.
# Behaviour: to_netcdf of a complex variable raises ValueError with the default engine (netcdf4), unless
#   auto_complex=True, and with scipy. h5netcdf writes it as it is. The files of both are read as complex numbers by
#   h5netcdf, but by the default engine as a structured array of (r, i), with which arithmetic fails; auto_complex=True
#   has to be given once more to open_dataset. Nothing in the file or a warning says so.
# Output seen: dtypes [('r', '<f8'), ('i', '<f8')] by default, complex128 with auto_complex=True and by h5netcdf.
# Instead: store real and imaginary parts as two variables; every engine reads them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check \
    xarray==2026.9.0 netCDF4==1.7.5.1.post1 h5netcdf==1.8.2 h5py==3.16.0 scipy==1.17.1 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
import xarray as xr

print({name: version(name) for name in ("xarray", "netCDF4", "h5netcdf", "h5py", "scipy")})
values = np.array([1 + 2j, 3 - 1j])
dataset = xr.Dataset({"rho": ("t", values)})
for options in ({}, {"engine": "netcdf4"}, {"engine": "scipy"}):
    try:
        dataset.to_netcdf("refused.nc", **options)
    except ValueError as error:
        print("writing with", options, "ValueError:", error)
    else:
        raise SystemExit(f"complex numbers are written with {options} now")
dataset.to_netcdf("by_netcdf4.nc", engine="netcdf4", auto_complex=True)
dataset.to_netcdf("by_h5netcdf.nc", engine="h5netcdf")
for file in ("by_netcdf4.nc", "by_h5netcdf.nc"):
    found = {}
    for name, options in (
        ("default", {}),
        ("auto_complex", {"auto_complex": True}),
        ("h5netcdf", {"engine": "h5netcdf"}),
    ):
        with xr.open_dataset(file, **options) as opened:
            found[name] = opened["rho"].values
    print(file, {name: str(array.dtype) for name, array in found.items()})
    assert found["default"].dtype.names == ("r", "i"), "complex numbers by default now"
    assert np.array_equal(found["auto_complex"], values) and np.array_equal(found["h5netcdf"], values)
PY
