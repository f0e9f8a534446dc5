"""
Merkle trees as RFC 9162 (section 2.1) has them, over SHA-256.

A leaf is 0x00 and an entry, a node is 0x01 and two children, hashed; so no node passes for a leaf.
Where a tree only grows, `Peaks` keeps what the next leaf needs: one hash for each bit of its size.
"""

import hashlib
from collections.abc import Sequence

HASH_SIZE = 32


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes in their order; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        # An odd last one rises as it is: this gives the same tree as splitting at a power of two.
        level = paired + level[len(paired) * 2 :]
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """
    Return the hashes that lead from a leaf to the root, nearest first (section 2.1.3.1).

    :raises IndexError: if there is no such leaf
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path, level = [], list(leaves)
    while len(level) > 1:
        if (beside := index ^ 1) < len(level):
            path.append(level[beside])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        index //= 2
    return path


def consistency_path(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """
    Return the hashes which show that the tree of `first` leaves grew into this one (2.1.4.1).

    :raises IndexError: if it was never that size
    """
    if not 0 < first <= len(leaves):
        raise IndexError(first)
    return _subproof(leaves, first, True)


def _subproof(leaves: Sequence[bytes], first: int, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if first <= split:
        return [*_subproof(leaves[:split], first, whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], first - split, False), root_of(leaves[:split])]


def appended(peaks: bytes, size: int, leaf: bytes) -> bytes:
    """Return the peaks of a tree after one more leaf; `peaks` are those of its `size` leaves."""
    while size & 1:
        peaks, left = peaks[:-HASH_SIZE], peaks[-HASH_SIZE:]
        leaf = node_hash(left, leaf)
        size >>= 1
    return peaks + leaf


def root_of_peaks(peaks: bytes) -> bytes:
    """Return the root of the tree whose peaks these are."""
    if not peaks:
        return root_of([])
    root = peaks[-HASH_SIZE:]
    for end in range(len(peaks) - HASH_SIZE, 0, -HASH_SIZE):
        root = node_hash(peaks[end - HASH_SIZE : end], root)
    return root
