// example2, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(0.002699605368689628, -3.138436313250312, -1.5207941524100743) q[0];
u3(1.5564466638979337, 0.0, -3.141592653589793) q[1];
cx q[0], q[1];
u3(0.0, 0.0, -1.5707963267948966) q[0];
u3(1.585145989691362, 0.0, -3.141592653589793) q[1];
cx q[1], q[0];
u3(0.0, 0.0, 0.0468414852136565) q[0];
barrier q[0];

