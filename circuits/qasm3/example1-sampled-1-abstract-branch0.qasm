// example1, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(-3.141592653589793, 1.63578447091568, 1.5058081826741132) q[0];
barrier q[0];

