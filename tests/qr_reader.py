"""Reads a code drawn as SVG, as a phone's camera would. Versions 1 to 6, level M."""

from __future__ import annotations

import re

BLOCKS = {1: (1, 16), 2: (1, 28), 3: (1, 44), 4: (2, 32), 5: (2, 43), 6: (4, 27)}
MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,  # noqa: ARG005
    lambda y, x: x % 3 == 0,  # noqa: ARG005
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)
FORMAT_MASK = 0b101010000010010
LEVEL_M = 0b00
BYTES = 0b0100


def read(svg: str) -> tuple[str, int]:
    """Return what a code says, and how many modules of white are around it."""
    rows, quiet = _modules(svg)
    side = len(rows)
    version = (side - 17) // 4
    said = sum(rows[8][x] << (14 - n) for n, x in enumerate((0, 1, 2, 3, 4, 5, 7)))
    said |= rows[8][8] << 7 | rows[7][8] << 6
    said |= sum(rows[5 - n][8] << (5 - n) for n in range(6))
    said ^= FORMAT_MASK
    assert said >> 13 == LEVEL_M
    mask = MASKS[said >> 10 & 0b111]
    bits = [rows[y][x] ^ mask(y, x) for y, x in _path(side, version)]
    words = [int("".join(map(str, map(int, bits[at : at + 8]))), 2) for at in range(0, len(bits) // 8 * 8, 8)]
    blocks, length = BLOCKS[version]
    data = [words[index * blocks + block] for block in range(blocks) for index in range(length)]
    stream = "".join(f"{word:08b}" for word in data)
    assert int(stream[:4], 2) == BYTES
    count = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * n : 20 + 8 * n], 2) for n in range(count)).decode(), quiet


def _modules(svg: str) -> tuple[list[list[bool]], int]:
    found = re.search(r'viewBox="0 0 (\d+) ', svg)
    assert found
    whole = int(found[1])
    grid = [[False] * whole for _ in range(whole)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for step in range(int(length)):
            grid[int(y)][int(x) + step] = True
    quiet = next(y for y, row in enumerate(grid) if any(row))
    return [row[quiet : whole - quiet] for row in grid[quiet : whole - quiet]], quiet


def _path(side: int, version: int) -> list[tuple[int, int]]:
    """Return where the data lies, in its order: up and down in columns of two, from the right."""
    place = 4 * version + 10

    def is_fixed(y: int, x: int) -> bool:
        finder = (y < 9 and x < 9) or (y < 9 and x > side - 9) or (y > side - 9 and x < 9)
        aligned = version > 1 and abs(y - place) < 3 and abs(x - place) < 3
        return finder or aligned or y == 6 or x == 6

    found = []
    upwards = True
    for right in [*range(side - 1, 6, -2), *range(5, 0, -2)]:
        for y in range(side - 1, -1, -1) if upwards else range(side):
            found += [(y, x) for x in (right, right - 1) if not is_fixed(y, x)]
        upwards = not upwards
    return found
