// example2, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(0.0026996053688663757, -3.0915948280094407, -1.520794152437288) q[0];
u3(1.5564466638979646, 0.0, -3.141592653589793) q[1];
cx q[0], q[1];
u3(0.0, 0.0, -1.5707963267948966) q[0];
u3(1.5851459896914006, 0.0, -3.141592653589793) q[1];
cx q[1], q[0];
barrier q[0];

