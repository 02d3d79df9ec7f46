// example2, level channel, 1 collisions, FakeTorino; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
sx q[0];
rz(-1.4554958614255042) q[0];
sx q[0];
rz(-1.520806168364159) q[1];
sx q[1];
rz(-1.5688800783107038) q[1];
sx q[1];
rz(0.0007983767092571981) q[1];
cz q[1], q[0];
rz(3.504863515857437e-06) q[0];
sx q[0];
rz(3.138585661489378) q[0];
sx q[0];
sx q[1];
rz(-3.139682317562965) q[1];
sx q[1];
rz(-0.0006173458581386626) q[1];
sx q[2];
rz(3.1357470322488847) q[2];
sx q[2];
cz q[1], q[2];
sx q[1];
rz(-3.1331688369970117) q[1];
sx q[1];
rz(-1.5709773850526947) q[1];
cz q[1], q[0];
sx q[1];
rz(0.05000984148157839) q[1];
barrier q[1];

