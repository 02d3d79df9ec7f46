// chain-1-3, level channel, 1 collisions, FakeKingston; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
sx q[0];
rz(-4.712388980384691) q[0];
rz(-3.141592653589793) q[1];
sx q[1];
rz(-3.141592653589793) q[1];
cz q[1], q[0];
sx q[0];
rz(3.0747306881157854) q[0];
sx q[0];
x q[1];
rz(1.5707963267948948) q[1];
sx q[2];
rz(3.0074980941976994) q[2];
sx q[2];
cz q[1], q[2];
sx q[1];
rz(-2.9918427360489925) q[1];
sx q[1];
cz q[1], q[0];
rz(-1.5707963267948966) q[1];
sx q[1];
rz(-2.6415922769352864) q[1];
barrier q[1];

