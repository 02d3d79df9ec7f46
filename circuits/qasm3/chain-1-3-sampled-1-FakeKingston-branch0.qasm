// chain-1-3, level sampled, 1 collisions, FakeKingston; 0 two-qubit gates in depth 0
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
x q[1];
rz(0.4396809466525857) q[1];
barrier q[1];

