"""A run of its own over a province of a million cases, or of fewer, for which there are no aims."""

from bench.places import place_of

CASES, SMOKE_CASES = 1_000_000, 2_000


def measure_million(server: str, cases: int) -> None:
    """Seed the province in a database of its own on the server, and measure there."""
    with place_of("postgresql", server) as place:
        # Only now: it knows Django's models.
        from bench.province import measure_province

        measure_province(place, cases, judge=cases >= CASES)
