// chain-1-3, level channel, 1 collisions, abstract; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
u3(pi/2,0,pi/2) q[0];
cx q[0],q[1];
u3(0.06686196547400751,-pi,-pi) q[1];
u3(1.4367017674028026,0,-pi) q[2];
cx q[0],q[2];
u3(0.14974991754080058,-pi,0) q[0];
cx q[0],q[1];
u3(pi/2,2.0707967034494033,0) q[0];
barrier q[0];
