// example2, level sampled, 1 collisions, FakeKingston; 0 two-qubit gates in depth 0
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
rz(-1.5207964019665905) q[1];
sx q[1];
rz(3.142599625775521) q[1];
sx q[1];
rz(11.045574362670873) q[1];
barrier q[1];

