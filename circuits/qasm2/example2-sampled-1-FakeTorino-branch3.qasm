// example2, level sampled, 1 collisions, FakeTorino; 2 two-qubit gates in depth 2
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
rx(pi/2) q[0];
rz(-1.556446663877547) q[0];
rz(1.622122524950699) q[1];
rx(pi/2) q[1];
rz(-1.5734959297980042) q[1];
rx(pi/2) q[1];
rz(4.7123854060476695) q[1];
cz q[1],q[0];
rx(pi/2) q[0];
rz(pi/2) q[0];
rx(pi/2) q[1];
rz(0.014349662912638728) q[1];
rx(pi/2) q[1];
cz q[1],q[0];
rz(pi/2) q[1];
rx(pi/2) q[1];
rz(0.048673806606804426) q[1];
barrier q[1];
