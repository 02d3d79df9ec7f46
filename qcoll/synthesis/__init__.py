r"""Collisions as few gates as their physics allows, exactly.

========================================================  ==========================================  ==============
function                                                  keeps                                       CX, examples
========================================================  ==========================================  ==============
:func:`joint_unitary_circuit`                             the joint unitary                           10 and 8
:func:`thermal_collision_circuit`                         the joint state, from a thermal ancilla     10 and 8
:func:`absorbed_circuit`                                  the joint state, with its preparation       12 and 10
:func:`collisions_of_eigenstates`                         the joint state in the mean over            4.4 and 1.3 in
                                                          eigenstates                                 the mean
:func:`purified_channel_circuit`                          the system's state, ancilla purified        6
:func:`channel_circuit`                                   the system's state                          3
:func:`sampled_circuits`                                  the system's state in the mean              0.66 and 0.19
the same with ``correction="measured"``                   likewise, by measurements                   0.33 and 0.09
:func:`eigenstate_circuits`                               the ancilla's state in the mean             0 or 1 each
:func:`free_fermion_circuit`                              the joint unitary of N free-fermionic       N (N - 1)
                                                          qubits
:func:`free_fermion_parts`                                the joint state, with its preparation       N (N - 1) + a
:func:`free_fermion_channel_circuit`                      the system's state, of s free-fermionic     s (3 s - 1) + s
                                                          qubits
:func:`free_fermion_sampled_circuits`                     the same in the mean                        s (3 s - 1)
========================================================  ==========================================  ==============

Counts are for the two examples with the paper's frequencies; at others the joint unitary itself of example 1 takes 11
instead of 10, and one in twenty purified channels more than 6. Angles that were searched for are verified before they
are returned.
"""

from .channel import channel_circuit
from .eigenstate_collisions import collisions_of_eigenstates
from .extremal import Correction
from .free_fermions import (
    free_fermion_channel_circuit,
    free_fermion_circuit,
    free_fermion_parts,
    free_fermion_sampled_circuits,
)
from .joint import joint_unitary_circuit
from .purified import absorbed_circuit, absorbed_parts, purified_channel_circuit
from .sampled_channel import basis_circuit, eigenstate_circuits, sampled_circuits
from .thermal_collision import exact_collisions, thermal_collision_circuit

__all__ = [
    "Correction",
    "absorbed_circuit",
    "absorbed_parts",
    "basis_circuit",
    "channel_circuit",
    "collisions_of_eigenstates",
    "eigenstate_circuits",
    "exact_collisions",
    "free_fermion_channel_circuit",
    "free_fermion_circuit",
    "free_fermion_parts",
    "free_fermion_sampled_circuits",
    "joint_unitary_circuit",
    "purified_channel_circuit",
    "sampled_circuits",
    "thermal_collision_circuit",
]
