// example1, level channel, 1 collisions, abstract; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
u3(1.5707963267948983, -3.141592653589763, 0.0) q[0];
cx q[0], q[1];
u3(-0.0013205976545496156, 3.1415926535897594, 0.0) q[0];
u3(0.006505352951831976, -3.141592653589793, -3.1415926535897745) q[1];
u3(1.5592083628071307, 0.0, -3.141592653589793) q[2];
cx q[0], q[2];
u3(0.01196852400667714, -3.14159265358979, 0.0) q[0];
cx q[0], q[1];
u3(1.570796326794885, -3.0415930859306095, 0.0) q[0];
barrier q[0];

