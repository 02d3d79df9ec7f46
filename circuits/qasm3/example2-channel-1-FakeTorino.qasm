// example2, level channel, 1 collisions, FakeTorino; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
sx q[0];
rz(-1.4554958614337554) q[0];
sx q[0];
rz(-1.5208061683646912) q[1];
sx q[1];
rz(-1.5688800783106842) q[1];
sx q[1];
rz(0.0007983767551884569) q[1];
cz q[1], q[0];
rz(3.50486361533342e-06) q[0];
sx q[0];
rz(3.1385856614893797) q[0];
sx q[0];
sx q[1];
rz(-3.1396823175629667) q[1];
sx q[1];
rz(-0.000617345893658694) q[1];
sx q[2];
rz(3.147438274930702) q[2];
sx q[2];
rz(9.424777960769271) q[2];
cz q[1], q[2];
sx q[1];
rz(3.150016470182567) q[1];
sx q[1];
rz(10.995393229296122) q[1];
cz q[1], q[0];
sx q[1];
rz(0.05000984148211085) q[1];
barrier q[1];

