// chain-1-3, level sampled, 1 collisions, FakeKingston; 2 two-qubit gates in depth 2
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
rx(pi/2) q[0];
rz(-1.3475350746092998) q[0];
rz(0.5000003766544925) q[1];
rx(pi/2) q[1];
rz(pi) q[1];
cz q[1],q[0];
rx(pi/2) q[0];
rz(pi/2) q[0];
rx(pi/2) q[1];
rz(0.22326125218560433) q[1];
rx(pi/2) q[1];
cz q[1],q[0];
rz(pi/2) q[1];
rx(pi/2) q[1];
barrier q[1];
