// example1, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(3.2507330161024584e-13, -1.5769372641930235, -0.009790417353425784) q[0];
u3(1.5545930082470245, 0.0, -3.141592653589793) q[1];
cx q[0], q[1];
u3(0.0, 0.0, -1.5707963267948966) q[0];
u3(1.58699964533893, 0.0, -3.141592653589793) q[1];
cx q[1], q[0];
u3(0.0, 0.0, -3.0256617311790572) q[0];
barrier q[0];

