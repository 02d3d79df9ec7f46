// example1, level channel, 1 collisions, FakeKingston; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
sx q[0];
rz(-1.5707963267948362) q[0];
rz(1.5707963267948966) q[1];
sx q[1];
rz(-1.5707963267949019) q[1];
cz q[1], q[0];
sx q[0];
rz(-0.006505352951831966) q[0];
sx q[0];
sx q[1];
rz(-0.0013205976545496156) q[1];
sx q[1];
sx q[2];
rz(3.1300046896020275) q[2];
sx q[2];
cz q[1], q[2];
sx q[1];
rz(-3.1296241295831164) q[1];
sx q[1];
cz q[1], q[0];
rz(-1.5707963267948966) q[1];
sx q[1];
rz(-1.470796759135713) q[1];
barrier q[1];

