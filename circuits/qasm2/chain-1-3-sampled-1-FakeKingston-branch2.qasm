// chain-1-3, level sampled, 1 collisions, FakeKingston; 0 two-qubit gates in depth 0
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
rz(0.5000003766544934) q[1];
barrier q[1];
