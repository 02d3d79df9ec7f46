// chain-1-3, level sampled, 1 collisions, FakeKingston; 2 two-qubit gates in depth 2
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
sx q[0];
rz(-1.3475350746092998) q[0];
rz(0.5000003766544925) q[1];
sx q[1];
rz(3.1415926535897887) q[1];
cz q[1], q[0];
sx q[0];
rz(1.5707963267948966) q[0];
sx q[1];
rz(0.22326125218560433) q[1];
sx q[1];
cz q[1], q[0];
rz(1.5707963267948948) q[1];
sx q[1];
barrier q[1];

