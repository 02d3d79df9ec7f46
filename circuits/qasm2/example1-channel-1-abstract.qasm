// example1, level channel, 1 collisions, abstract; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
u3(pi/2,-pi,0) q[0];
cx q[0],q[1];
u3(-0.0013205976545496156,pi,0) q[0];
u3(0.006505352951831976,-pi,-pi) q[1];
u3(1.5592083628071307,0,-pi) q[2];
cx q[0],q[2];
u3(0.01196852400667714,-pi,0) q[0];
cx q[0],q[1];
u3(pi/2,-3.0415930859306095,0) q[0];
barrier q[0];
