// example1, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(4.658495811327157e-13, 3.1387030654683716, -1.4679071710142917) q[0];
u3(1.5545930082524582, 0.0, -3.141592653589793) q[1];
cx q[0], q[1];
u3(0.0, 0.0, -1.5707963267948966) q[0];
u3(1.5869996453372914, 0.0, -3.141592653589793) q[1];
cx q[1], q[0];
barrier q[0];

