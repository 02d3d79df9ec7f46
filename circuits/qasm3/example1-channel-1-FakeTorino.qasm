// example1, level channel, 1 collisions, FakeTorino; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
sx q[0];
rz(-1.570796326794869) q[0];
rz(1.5707963267948966) q[1];
sx q[1];
rz(-1.5707963267955232) q[1];
cz q[1], q[0];
sx q[0];
rz(-0.0065053529518372954) q[0];
sx q[0];
sx q[1];
rz(-0.001320597654551392) q[1];
sx q[1];
sx q[2];
rz(3.1531806175775587) q[2];
sx q[2];
rz(9.42477796076938) q[2];
cz q[1], q[2];
sx q[1];
rz(3.1535611775964716) q[1];
sx q[1];
cz q[1], q[0];
rz(-1.5707963267948966) q[1];
sx q[1];
rz(-1.470796759135713) q[1];
barrier q[1];

