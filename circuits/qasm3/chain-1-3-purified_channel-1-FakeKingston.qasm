// chain-1-3, level purified_channel, 1 collisions, FakeKingston; 3 two-qubit gates in depth 3
// system: [0] at the start, [0] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
rz(0.38322693996762336) q[0];
sx q[0];
sx q[1];
rz(2.0351333559897373) q[1];
sx q[1];
rz(-6.166411870492718) q[1];
sx q[2];
cz q[1], q[2];
sx q[1];
cz q[1], q[0];
rz(-1.5707963267948966) q[0];
sx q[0];
rz(2.9918427360489943) q[0];
sx q[0];
rz(1.5707963267948966) q[1];
sx q[1];
rz(0.1497499175407997) q[1];
sx q[1];
cz q[1], q[0];
rz(-1.5707963267948846) q[0];
sx q[0];
rz(-3.024819216902924) q[0];
barrier q[0];

