// example2, level sampled, 1 collisions, FakeKingston; 2 two-qubit gates in depth 2
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
sx q[0];
rz(-1.5564466638979653) q[0];
rz(1.6707965086187428) q[1];
sx q[1];
rz(-1.57349255864521) q[1];
sx q[1];
rz(4.712254061886798) q[1];
cz q[1], q[0];
sx q[0];
rz(1.5707963267948966) q[0];
sx q[1];
rz(0.01434966289650541) q[1];
sx q[1];
cz q[1], q[0];
rz(1.5707963267949072) q[1];
sx q[1];
barrier q[1];

