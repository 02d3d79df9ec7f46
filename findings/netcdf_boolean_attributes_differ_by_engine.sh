#!/usr/bin/env bash
# A True in the attributes of an xarray dataset raises two different errors, or becomes the number 1.
#
# Versions: xarray 2026.9.0, netCDF4 1.7.5.1.post1, h5netcdf 1.8.2, h5py 3.16.0, scipy 1.17.1, Python 3.11.
# Behaviour: attrs={"converged": True}: to_netcdf passes xarray's own check of attributes and then fails inside the
#   engine: TypeError about "b1" with netcdf4, CompatibilityError with h5netcdf; scipy writes an 8-bit integer, which
#   reads back as 1. Boolean variables are fine with all three. None is refused by xarray with a clear message.
# Output seen: netcdf4 TypeError, h5netcdf CompatibilityError, scipy int8 1; variables bool.
# Instead: int(flag) or "true" in attributes.
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
flagged = xr.Dataset(attrs={"converged": True})
variable = xr.Dataset({"converged": ("t", np.array([True, False]))})
found = {}
for engine in ("netcdf4", "h5netcdf", "scipy"):
    variable.to_netcdf(f"variable_{engine}.nc", engine=engine)
    with xr.open_dataset(f"variable_{engine}.nc", engine=engine) as opened:
        assert opened["converged"].dtype == bool
    try:
        flagged.to_netcdf(f"flag_{engine}.nc", engine=engine)
    except Exception as error:
        found[engine] = type(error).__name__
        print(engine, type(error).__name__, error)
    else:
        with xr.open_dataset(f"flag_{engine}.nc", engine=engine) as opened:
            found[engine] = type(opened.attrs["converged"]).__name__
        print(engine, "reads back", repr(opened.attrs["converged"]))
assert found == {"netcdf4": "TypeError", "h5netcdf": "CompatibilityError", "scipy": "int8"}, found
PY
