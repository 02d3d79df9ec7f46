// example2, level sampled, 1 collisions, FakeTorino; 0 two-qubit gates in depth 0
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
rz(-1.5207964019662188) q[1];
rx(pi/2) q[1];
rz(3.142599625775515) q[1];
rx(pi/2) q[1];
rz(11.0455743626705) q[1];
barrier q[1];
