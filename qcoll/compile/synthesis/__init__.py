r"""Collisions as few gates as their physics allows, exactly.

========================================================  ==========================================  ==============
function                                                  keeps                                       CX, examples
========================================================  ==========================================  ==============
:func:`joint_unitary_circuit`                             the joint unitary                           10 and 8
:func:`absorbed_circuit`                                  the joint state, with its preparation       13 to 14 and 10
:func:`purified_channel_circuit`                          the system's state, ancilla purified        6
:func:`channel_circuit`                                   the system's state                          3
:func:`sampled_circuits`                                  the system's state in the mean              0.66 and 0.19
:func:`eigenstate_circuits`                               the ancilla's state in the mean             0 or 1 each
========================================================  ==========================================  ==============
"""

from .channel import channel_circuit
from .joint import joint_unitary_circuit
from .purified import absorbed_circuit, purified_channel_circuit
from .sampled import eigenstate_circuits, sampled_circuits

__all__ = [
    "absorbed_circuit",
    "channel_circuit",
    "eigenstate_circuits",
    "joint_unitary_circuit",
    "purified_channel_circuit",
    "sampled_circuits",
]
