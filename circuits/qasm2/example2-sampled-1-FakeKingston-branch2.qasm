// example2, level sampled, 1 collisions, FakeKingston; 0 two-qubit gates in depth 0
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
rz(-1.5207964019665905) q[1];
rx(pi/2) q[1];
rz(3.142599625775521) q[1];
rx(pi/2) q[1];
rz(11.045574362670873) q[1];
barrier q[1];
