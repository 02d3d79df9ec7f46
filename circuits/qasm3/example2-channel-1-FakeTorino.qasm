// example2, level channel, 1 collisions, FakeTorino; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
sx q[0];
rz(1.6860967921553636) q[0];
sx q[0];
rz(-3.141596158453476) q[0];
rz(1.620786485225251) q[1];
sx q[1];
rz(-1.5727125752791054) q[1];
sx q[1];
rz(3.140794276834569) q[1];
cz q[1], q[0];
sx q[0];
rz(-0.003006992100415218) q[0];
sx q[0];
sx q[1];
rz(-0.0019103360268264424) q[1];
sx q[1];
rz(3.1409753076960882) q[1];
sx q[2];
rz(3.1474382749307015) q[2];
sx q[2];
rz(9.424777960769486) q[2];
cz q[1], q[2];
sx q[1];
rz(3.1500164701825666) q[1];
sx q[1];
rz(10.995393229296129) q[1];
cz q[1], q[0];
sx q[1];
rz(0.050009841481962525) q[1];
barrier q[1];

