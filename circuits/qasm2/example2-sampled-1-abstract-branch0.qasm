// example2, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(3.14058568140406,-1.5207937961901765,1.620800649742164) q[0];
barrier q[0];
