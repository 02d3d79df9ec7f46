// example2, level channel, 1 collisions, abstract; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
u3(1.5727125752790903,-3.140794276880195,-1.5208061683641583) q[0];
u3(0.11530046542242685,-3.1415623907599888,-3.0465110152366748e-05) q[1];
cx q[0],q[1];
u3(0.0019103360268282188,3.1409753077313143,0) q[0];
u3(0.003006992100415653,-pi,-pi) q[1];
u3(1.5649507054539882,0,-pi) q[2];
cx q[0],q[2];
u3(0.008423816592782352,3.1414115953320465,0) q[0];
cx q[0],q[1];
u3(pi/2,-1.5207864853133177,0) q[0];
barrier q[0];
