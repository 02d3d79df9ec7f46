// example1, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(0,1.6038066462677891,0.06698924818629148) q[0];
u3(1.554593008252465,0,-pi) q[1];
cx q[0],q[1];
u3(0,0,-pi/2) q[0];
u3(1.5869996453373154,0,-pi) q[1];
cx q[1],q[0];
barrier q[0];
