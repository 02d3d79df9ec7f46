// chain-1-3, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(3.1415926535897913, 2.3158023132511563, 1.8761213665985697) q[0];
barrier q[0];

