// chain-1-3, level channel, 1 collisions, FakeKingston; 3 two-qubit gates in depth 3
// system: [1] at the start, [1] at the end; all other qubits start in |0>
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
rx(pi/2) q[0];
rz(-3*pi/2) q[0];
rz(-pi) q[1];
rx(pi/2) q[1];
rz(-pi) q[1];
cz q[1],q[0];
rx(pi/2) q[0];
rz(3.0747306881157854) q[0];
rx(pi/2) q[0];
x q[1];
rz(pi/2) q[1];
rx(pi/2) q[2];
rz(3.0074980941976994) q[2];
rx(pi/2) q[2];
cz q[1],q[2];
rx(pi/2) q[1];
rz(-2.9918427360489925) q[1];
rx(pi/2) q[1];
cz q[1],q[0];
rz(-pi/2) q[1];
rx(pi/2) q[1];
rz(-2.6415922769352864) q[1];
barrier q[1];
