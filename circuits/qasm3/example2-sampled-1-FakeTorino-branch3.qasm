// example2, level sampled, 1 collisions, FakeTorino; 2 two-qubit gates in depth 2
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
sx q[0];
rz(-1.5564466638977867) q[0];
rz(1.670796508618741) q[1];
sx q[1];
rz(-1.5734925586452135) q[1];
sx q[1];
rz(4.712254061886776) q[1];
cz q[1], q[0];
sx q[0];
rz(1.5707963267948966) q[0];
sx q[1];
rz(0.014349662896668391) q[1];
sx q[1];
cz q[1], q[0];
rz(1.5707963267948877) q[1];
sx q[1];
barrier q[1];

