"""Trees and their proofs are those of RFC 9162."""

import hashlib

import pytest

from cases.ledger.merkle import (
    appended,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_of,
    root_of_peaks,
)

# The leaves and roots that implementations of Certificate Transparency are tested with.
ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_known_vectors(size: int) -> None:
    known = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]

    assert root_of(known).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of([]) == hashlib.sha256(b"").digest() == root_of_peaks(b"")


def test_a_growing_tree_has_the_root_of_its_leaves_at_every_size() -> None:
    peaks = b""
    for size, leaf in enumerate(leaves(130)):
        peaks = appended(peaks, size, leaf)

        assert root_of_peaks(peaks) == root_of(leaves(size + 1))


def test_an_inclusion_path_leads_from_each_leaf_to_the_root() -> None:
    for size in range(1, 40):
        all_leaves = leaves(size)
        for index in range(size):
            path = inclusion_path(all_leaves, index)

            assert climbed(all_leaves[index], index, size, path) == root_of(all_leaves)


def test_a_consistency_path_is_that_of_the_standards_example() -> None:
    # RFC 9162, 2.1.5: a tree of seven leaves; c, d, g, l lead from three; l from four; i, j, k from six.
    seven = leaves(7)
    c, d = seven[2], seven[3]
    g, l = root_of(seven[:2]), root_of(seven[4:7])  # noqa: E741 (the standard's names)
    i, j, k = root_of(seven[4:6]), seven[6], root_of(seven[:4])

    assert consistency_path(seven, 3) == [c, d, g, l]
    assert consistency_path(seven, 4) == [l]
    assert consistency_path(seven, 6) == [i, j, k]


def test_a_leaf_that_is_not_there_has_no_path() -> None:
    with pytest.raises(IndexError):
        inclusion_path(leaves(3), 3)


def climbed(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that a path leads to, by the algorithm of section 2.1.3.2."""
    node, last, current = index, size - 1, leaf
    for beside in path:
        if node & 1 or node == last:
            current = node_hash(beside, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, beside)
        node, last = node >> 1, last >> 1
    return current
