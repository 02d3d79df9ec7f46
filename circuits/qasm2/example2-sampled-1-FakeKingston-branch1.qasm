// example2, level sampled, 1 collisions, FakeKingston; 0 two-qubit gates in depth 0
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
rz(1.6207968606264362) q[1];
rx(pi/2) q[1];
rz(6.280485701810708) q[1];
rx(pi/2) q[1];
rz(11.045573029058419) q[1];
barrier q[1];
