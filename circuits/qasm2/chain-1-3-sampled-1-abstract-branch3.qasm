// chain-1-3, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(0,-2.0874200020882094,-2.1249686016419878) q[0];
u3(1.3475350746092978,0,-pi) q[1];
cx q[0],q[1];
u3(0,0,-pi/2) q[0];
u3(1.7940575789805,0,-pi) q[1];
cx q[1],q[0];
barrier q[0];
