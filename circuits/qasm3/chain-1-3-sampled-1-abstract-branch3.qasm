// chain-1-3, level sampled, 1 collisions, abstract; 2 two-qubit gates in depth 2
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
u3(4.884981308350689e-15, -2.0874200020882094, -2.1249686016419878) q[0];
u3(1.3475350746092978, 0.0, -3.141592653589793) q[1];
cx q[0], q[1];
u3(0.0, 0.0, -1.5707963267948966) q[0];
u3(1.7940575789805, 0.0, -3.141592653589793) q[1];
cx q[1], q[0];
barrier q[0];

