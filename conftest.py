"""One thread for each test process.

The matrices here are small: threads of BLAS and Aer spend their time waiting for each other, all the more beside other
test processes (four times the processor time, measured). Read by NumPy when it is imported, so set before that; a value
set outside stands.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(name, "1")
