// example2, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(3.13889304822119, 1.6207950683030345, 1.6207968606202474) q[0];
barrier q[0];

