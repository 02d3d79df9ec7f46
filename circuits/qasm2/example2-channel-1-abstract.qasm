// example2, level channel, 1 collisions, abstract; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
u3(1.572712575279109,-3.140794276834395,-1.5208061683646907) q[0];
u3(0.11530046541417477,-3.1415623907570027,-3.046511315751843e-05) q[1];
cx q[0],q[1];
u3(0.0019103360268259983,3.140975307695925,0) q[0];
u3(0.0030069921004135434,-pi,pi) q[1];
u3(1.5649507054539875,0,-pi) q[2];
cx q[0],q[2];
u3(0.008423816592773914,3.141411595321638,0) q[0];
cx q[0],q[1];
u3(pi/2,-1.5207864853127855,0) q[0];
barrier q[0];
u3(pi/2,0,pi) q[1];
u3(pi/2,0,pi) q[2];
