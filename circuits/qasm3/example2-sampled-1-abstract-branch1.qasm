// example2, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(3.1388930482209147, 1.6207950682890395, 1.6207968606264362) q[0];
barrier q[0];

