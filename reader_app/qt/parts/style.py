"""Colours, sizes and the one style sheet of all windows."""

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

# Reading: a dark room. Brightness of the interface stays far below the breast.
BLACK = "#000000"
STRIP = "#141414"
STRIP_EDGE = "#2a2a2a"
TEXT = "#b8b8b8"
QUIET = "#808080"  # at least 4.5:1 on the strip
STRONG = "#e6e6e6"
AI_COLOUR = "#E69F00"
READER_COLOUR = "#56B4E9"
PROBLEM = "#D55E00"
FOCUS = "#F0E442"
ACCENT = "#0072B2"

BODY_PX = 13
INPUT_PX = 15
TITLE_PX = 20
GRID_PX = 4
INSIDE_PX = 8
BETWEEN_PX = 16
AROUND_PX = 24

QUIET_ALPHA = 0.7  # of the text's colour, for what is said aside: at least 4.5:1 in either scheme

STRIP_PX = 40
CARD_PX = 240

READING_SHEET = f"""
#reading {{ background: {BLACK}; }}
#reading QLabel {{ color: {TEXT}; font-size: {BODY_PX}px; background: transparent; }}
#reading QLabel[tone="strong"] {{ color: {STRONG}; }}
#reading QLabel[tone="quiet"] {{ color: {QUIET}; }}
#reading QLabel[tone="title"] {{ color: {STRONG}; font-size: {TITLE_PX}px; }}
#reading QLabel[tone="input"] {{ color: {STRONG}; font-size: {INPUT_PX}px; }}
#reading QLabel[tone="problem"] {{ color: {PROBLEM}; }}
#reading QLabel[field="true"] {{ border: 1px solid transparent; padding: 2px 6px; }}
#reading QLabel[field="true"][focused="true"] {{ border: 1px solid {FOCUS}; }}
#reading #strip, #reading #summary {{ background: {STRIP}; border-top: 1px solid {STRIP_EDGE}; }}
#reading #summary {{ border-right: 1px solid {STRIP_EDGE}; }}
#reading #card, #reading #sheet {{ background: {STRIP}; border: 1px solid {STRIP_EDGE}; }}
#reading #page {{ background: {BLACK}; }}
"""

# Everything but reading: a calm desktop application in the system's own scheme.
DESK_SHEET = f"""
#desk QLabel {{ font-size: {BODY_PX}px; }}
#desk QLabel[tone="title"] {{ font-size: {TITLE_PX}px; }}
#desk QLabel[tone="strong"] {{ font-size: {INPUT_PX}px; font-weight: 600; }}
#desk QLabel[tone="quiet"] {{ color: palette(placeholder-text); }}
#desk QLabel[tone="problem"] {{ color: {PROBLEM}; }}
#desk QLabel[tone="banner"] {{ background: {PROBLEM}; color: white; padding: {INSIDE_PX}px; }}
#desk QFrame[role="card"] {{ border: 1px solid palette(mid); border-radius: 4px; }}
#desk QFrame[role="card"] QLabel {{ border: none; }}
#desk QHeaderView::section {{ font-size: {INPUT_PX}px; border: none; padding: {GRID_PX}px; }}
#desk QListWidget {{ border: none; font-size: {INPUT_PX}px; padding: {INSIDE_PX}px; }}
#desk QListWidget::item {{ padding: {INSIDE_PX}px; }}
"""


def apply_style(application: QApplication) -> None:
    """Give the application its base style, font size and accent; the scheme is the system's."""
    application.setStyle("Fusion")
    font = QFont(application.font())
    font.setPixelSize(BODY_PX)
    application.setFont(font)
    palette = application.palette()
    palette.setColor(QPalette.ColorRole.Accent, QColor(ACCENT))
    palette.setColor(QPalette.ColorRole.Highlight, QColor(ACCENT))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("white"))
    palette.setColor(QPalette.ColorRole.Link, QColor(ACCENT))
    quiet = palette.color(QPalette.ColorRole.WindowText)
    quiet.setAlphaF(QUIET_ALPHA)
    palette.setColor(QPalette.ColorRole.PlaceholderText, quiet)
    application.setPalette(palette)


def small_font(base: QFont) -> QFont:
    """Return the font of words over the picture."""
    font = QFont(base)
    font.setPixelSize(BODY_PX)
    return font
