"""How well colors read on each other, by WCAG 2."""

WHITE, BLACK = "#ffffff", "#000000"


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` by WCAG 2."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(color: str) -> str:
    """White or black, whichever reads better on `#rrggbb`."""
    return max((WHITE, BLACK), key=lambda ink: contrast(color, ink))


# What WCAG 2.2 asks of text (1.4.3).
READABLE = 4.5


def ink_problem(ink: str, color: str) -> str:
    """Why text of this ink cannot be read on this color, and what would be right; empty where it can."""
    ratio = contrast(ink, color)
    if ratio >= READABLE:
        return ""
    better = ink_on(color)
    return (
        f"{ink} on {color} has a contrast of {ratio:.1f} to 1, and text needs {READABLE}: "
        f"{better} would have {contrast(better, color):.1f}."
    )
