// example1, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(0,-1.5769372641930235,-0.009790417353425784) q[0];
u3(1.5545930082470245,0,-pi) q[1];
cx q[0],q[1];
u3(0,0,-pi/2) q[0];
u3(1.58699964533893,0,-pi) q[1];
cx q[1],q[0];
u3(0,0,-3.0256617311790572) q[0];
barrier q[0];
