"""In what one version of a protocol demands less than the one before; pure."""

from collections.abc import Callable, Iterator, Mapping

from study_design.protocol.study_file import StudyFile
from study_design.record.events import JsonValue

# Of the keys of study.toml, whether the second of two values demands less than the first.
_Weaker = Callable[[JsonValue, JsonValue], bool]


def _falls(before: JsonValue, after: JsonValue) -> bool:
    """Tell whether a number became smaller."""
    numbers = isinstance(before, int | float) and isinstance(after, int | float)
    return numbers and after < before  # type: ignore[operator]


def _rises(before: JsonValue, after: JsonValue) -> bool:
    """Tell whether a number became larger."""
    return _falls(after, before)


def _is_dropped(before: JsonValue, after: JsonValue) -> bool:
    """Tell whether something that was asked for or allowed for no longer is."""
    return bool(before) and not after


def _becomes(*weaker: str) -> _Weaker:
    """Return the test for words of which the later ones demand less."""

    def test(before: JsonValue, after: JsonValue) -> bool:
        if after not in weaker:
            return False
        return before not in weaker or weaker.index(str(after)) > weaker.index(str(before))

    return test


WEAKER: Mapping[str, _Weaker] = {
    "design.washout_days": _falls,
    "design.reopen_minutes": _rises,
    "form.density": _becomes("optional", "off"),
    "form.rating": _becomes("exam"),
    "form.birads": _becomes("exam"),
    "form.finding_rating": _is_dropped,
    "form.finding_birads": _is_dropped,
    "analysis.alpha": _rises,
    "analysis.margin": _rises,
    "analysis.adjust": _becomes("none"),
    "analysis.clusters": _becomes("ignored"),
    "analysis.ai_failed": _becomes("exclude"),
    "analysis.power": _falls,
    "analysis.bootstrap_samples": _falls,
    "analysis.hit_iou": _falls,
    "analysis.hit_radius_mm": _rises,
}


def keys_of(study: StudyFile) -> Iterator[tuple[str, JsonValue]]:
    """Yield every key of a study file, its section and a dot before it, with its value.

    The arms are one key.
    """
    content: Mapping[str, JsonValue] = study.model_dump(mode="json", by_alias=True)
    for name, value in content.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def weaker_demands(old: StudyFile, new: StudyFile) -> tuple[str, ...]:
    """Return what the new version demands less of, e.g. `design.washout_days 21 -> 1`."""
    before, after = dict(keys_of(old)), dict(keys_of(new))
    return tuple(
        f"{key} {_text(before[key])} -> {_text(after[key])}"
        for key, weaker in WEAKER.items()
        if weaker(before[key], after[key])
    )


def _text(value: JsonValue) -> str:
    """Return a value as a person writes it."""
    return f"{value:g}" if isinstance(value, float) else str(value)
