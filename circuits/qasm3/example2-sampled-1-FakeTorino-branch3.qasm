// example2, level sampled, 1 collisions, FakeTorino; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
rz(1.622122524950699) q[0];
sx q[0];
rz(-1.5734959297980042) q[0];
sx q[0];
rz(4.7123854060476695) q[0];
sx q[1];
rz(-1.556446663877547) q[1];
cz q[0], q[1];
sx q[0];
rz(0.014349662912638728) q[0];
sx q[0];
sx q[1];
rz(1.5707963267948966) q[1];
cz q[0], q[1];
rz(1.5707963267942535) q[0];
sx q[0];
rz(0.048673806606804426) q[0];
barrier q[0];
sx q[1];
rz(-3.1415926535897922) q[1];

