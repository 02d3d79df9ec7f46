// chain-1-3, level channel, 1 collisions, abstract; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
u3(1.5707963267948966, 4.440892098500626e-16, 1.5707963267948815) q[0];
cx q[0], q[1];
u3(0.06686196547400751, -3.141592653589793, -3.1415926535897913) q[1];
u3(1.4367017674028026, 0.0, -3.141592653589793) q[2];
cx q[0], q[2];
u3(0.14974991754080058, -3.1415926535897927, 0.0) q[0];
cx q[0], q[1];
u3(1.5707963267948957, 2.0707967034494033, 0.0) q[0];
barrier q[0];

