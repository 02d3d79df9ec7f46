r"""Level ``purified_channel``: a purified thermal ancilla, and a collision that only has to be right for the system.

The ancilla's eigenbasis belongs to the collision: the ancilla is prepared with its thermal populations in the computational
basis, :math:`\sum_k\sqrt{p_k}\,|k\rangle_A|k\rangle_P`, and nothing rotates it into its eigenvectors. For a pair whose levels
are sums of two modes, as for every exchange-coupled pair, :math:`p_k` is a product: one R_y for each qubit and one CX for each
purifier.

- :func:`absorbed_circuit` follows with :math:`U (W\otimes 1)`, W the eigenvectors: the joint state of system and ancilla is
  that of the collision, exactly.
- :func:`purified_channel_circuit` follows with four CX that give the right state of the system from this mixed ancilla.
  They are found as in :mod:`.channel`, with Kraus operators :math:`\sqrt{p_k}\,\langle i|V|k\rangle`; the first angles come
  from weak couplings, where every gate between the CX is close to the identity up to rotations that commute with them.

Placements are S-1 and S-2, with purifiers on 1 and 2: the chain 3-1-S-2-4, which is native on heavy-hex.
"""
