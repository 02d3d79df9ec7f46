// example2, level channel, 1 collisions, FakeKingston; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
sx q[0];
rz(-1.4554958614256854) q[0];
sx q[0];
rz(-1.520806168364511) q[1];
sx q[1];
rz(-1.568880078310702) q[1];
sx q[1];
rz(0.000798376754731045) q[1];
cz q[1], q[0];
rz(3.504863459014018e-06) q[0];
sx q[0];
rz(3.13858566148941) q[0];
sx q[0];
sx q[1];
rz(-3.139682317562958) q[1];
sx q[1];
rz(-0.0006173458932052789) q[1];
sx q[2];
rz(3.1357470322488847) q[2];
sx q[2];
cz q[1], q[2];
sx q[1];
rz(-3.1331688369970188) q[1];
sx q[1];
rz(-1.5709773850631175) q[1];
cz q[1], q[0];
sx q[1];
rz(0.05000984148192966) q[1];
barrier q[1];

