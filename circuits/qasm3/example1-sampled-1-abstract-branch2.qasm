// example1, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(4.440892098500626e-16, -3.113695963927705, -3.0694897755926975) q[0];
barrier q[0];

