// example1, level channel, 1 collisions, abstract; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
u3(1.5707963267948966, -3.1415926535896226, 0.0) q[0];
cx q[0], q[1];
u3(-0.001320597654551392, 3.141592653589603, 0.0) q[0];
u3(0.006505352951837749, -3.141592653589793, -3.1415926535897745) q[1];
u3(1.5592083628071307, 0.0, -3.141592653589793) q[2];
cx q[0], q[2];
u3(0.011968524006678471, -3.1415926535897736, 0.0) q[0];
cx q[0], q[1];
u3(1.5707963267948966, -3.0415930859306095, 0.0) q[0];
barrier q[0];

