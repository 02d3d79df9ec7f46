// example1, level sampled, 1 collisions, FakeKingston; 2 two-qubit gates in depth 2
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
rx(pi/2) q[0];
rz(-1.554593008252465) q[0];
rz(0.09999956765918228) q[1];
rx(pi/2) q[1];
rz(pi) q[1];
cz q[1],q[0];
rx(pi/2) q[0];
rz(pi/2) q[0];
rx(pi/2) q[1];
rz(0.01620331854241952) q[1];
rx(pi/2) q[1];
cz q[1],q[0];
rz(pi/2) q[1];
rx(pi/2) q[1];
barrier q[1];
