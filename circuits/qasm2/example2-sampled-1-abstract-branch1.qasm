// example2, level sampled, 1 collisions, abstract; 0 two-qubit gates in depth 0
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u3(3.1388930482209147,1.6207950682890395,1.6207968606264362) q[0];
barrier q[0];
