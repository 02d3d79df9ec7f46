// example1, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(-3.141592653589793, -0.010462560416820477, -3.131130093172972) q[0];
barrier q[0];

