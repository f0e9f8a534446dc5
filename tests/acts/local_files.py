"""Files of a province's standard for tests. The figures are made up: no real points line is known."""

BETWEEN = 150  # a score above the nation's rural line (140) and not above the demo one (155)


def demo_file(
    *,
    code: str = "minh-hoa-67",
    province: str = "67",
    since: str = "2024-01-01",
    until: str = "2026-01-01",
    rural_points: int = 155,
) -> str:
    lines = (
        ("income.RURAL.vnd", 1_750_000),
        ("income.RURAL.points", rural_points),
        ("income.URBAN.vnd", 2_250_000),
        ("income.URBAN.points", 190),
        ("deprivation_floor", 30),
    )
    head = f"""
code = "{code}"
name = "Chuẩn minh họa"
province = "{province}"
valid_from = {since}
valid_until = {until}
document = "Nghị quyết minh họa số 1/NQ-HĐND"
mark = "?"
demo = true
"""
    rows = (
        f'[{key}]\nvalue = {value}\narticle = "Điều 1"\nsource = "dữ liệu minh họa"\nmark = "?"\n'
        for key, value in lines
    )
    return "\n".join((head, *rows))
