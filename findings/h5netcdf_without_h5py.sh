#!/usr/bin/env bash
# h5netcdf 1.8.2: "netCDF4 via h5py" no longer installs h5py.
#
# From memory: pip install h5netcdf (or xarray and h5netcdf) is enough to write and read NetCDF, since h5py is a
# dependency. In 1.8 h5py is an extra, h5netcdf[h5py], beside pyfive and h5pyd: the plain package imports, and the first
# file that is opened fails with ImportError. Declare h5py yourself, or h5netcdf[h5py].
# Fails if the plain package writes a file, or if h5py beside it does not cure it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check h5netcdf==1.8.2 xarray==2026.9.0
cat > "$folder/write.py" <<'PYTHON'
import sys

import h5netcdf
import numpy as np
import xarray

print("h5netcdf", h5netcdf.__version__, "imports")
data = xarray.Dataset({"x": ("n", np.arange(3.0))})
try:
    data.to_netcdf(sys.argv[1], engine="h5netcdf")
except (ImportError, ValueError) as error:
    print(f"writing fails: {type(error).__name__}: {error}")
    sys.exit(3)
print("read back:", xarray.load_dataset(sys.argv[1], engine="h5netcdf").x.values)
PYTHON
rc=0
"$folder/venv/bin/python" "$folder/write.py" "$folder/plain.nc" || rc=$?
[ "$rc" = 3 ] || { echo "changed: the plain package writes"; exit 1; }
"$folder/venv/bin/pip" install -q --disable-pip-version-check h5py==3.16.0
"$folder/venv/bin/python" "$folder/write.py" "$folder/with_h5py.nc"
echo "as described: h5netcdf 1.8.2 needs h5py installed by hand"
