// example1, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(0,-2.304082294392562,-2.3083071183329436) q[0];
u3(1.5545930082524515,0,-pi) q[1];
cx q[0],q[1];
u3(0,0,-pi/2) q[0];
u3(1.5869996453373572,0,-pi) q[1];
cx q[1],q[0];
barrier q[0];
