// example1, level sampled, 1 collisions, FakeTorino; 0 two-qubit gates in depth 0
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
x q[1];
rz(3.067458857219881) q[1];
barrier q[1];
