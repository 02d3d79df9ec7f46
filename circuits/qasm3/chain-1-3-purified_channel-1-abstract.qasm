// chain-1-3, level purified_channel, 1 collisions, abstract; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
u3(0.0, 0.0, -2.6415922769353) q[0];
u3(2.035133355989738, 0.0, 0.0) q[1];
cx q[1], q[2];
u3(1.5707963267948966, 0.0, 0.0) q[1];
cx q[1], q[0];
u3(-0.14974991754079914, 0.0, 0.0) q[0];
u3(-0.14974991754079914, 0.0, 0.0) q[1];
cx q[1], q[0];
u3(0.0, 0.0, -3.141592653589793) q[0];
barrier q[0];

