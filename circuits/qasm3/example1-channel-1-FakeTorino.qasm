// example1, level channel, 1 collisions, FakeTorino; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
sx q[0];
rz(1.5707963267909388) q[0];
sx q[0];
rz(3.1415926535898127) q[0];
rz(1.5707963267948628) q[1];
sx q[1];
rz(-1.5707963267950162) q[1];
cz q[1], q[0];
sx q[0];
rz(-0.006505352951844401) q[0];
sx q[0];
sx q[1];
rz(-0.0013205976545531684) q[1];
sx q[1];
rz(-3.141592653589793) q[2];
sx q[2];
rz(3.1300046896020275) q[2];
sx q[2];
cz q[1], q[2];
sx q[1];
rz(-3.129624129583113) q[1];
sx q[1];
cz q[1], q[0];
rz(-1.5707963267948966) q[1];
sx q[1];
rz(-1.4707967591356792) q[1];
barrier q[1];

