// example1, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(-pi,0.012698231155982675,0.03362335198962363) q[0];
barrier q[0];
