// chain-1-3, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(pi,2.3158023132511563,1.8761213665985697) q[0];
barrier q[0];
