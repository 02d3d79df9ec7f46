// example2, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(0.0010069721857277614,1.6207964019014929,-1.5207964019665905) q[0];
barrier q[0];
