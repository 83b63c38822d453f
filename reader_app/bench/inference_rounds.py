"""One process of the inference bench: both detectors, fast and plain, in a random order a round.

Run as `python -m reader_app.bench.inference_rounds ROUNDS SEED full|quick`; writes one line of JSON
to standard output. Quick: small trunks on a small picture.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version

from inference.speed import (
    RCNN_PIXELS,
    RETINA_PIXELS,
    SMALL_PIXELS,
    THREADS,
    Contest,
    rcnn_contest,
    retina_contest,
    use_threads,
)
from reader_app.bench.inference_speed import Inferred
from study_design.errors import CrossreadError

Act = Callable[[], object]


def main(words: list[str]) -> int:
    """Time all rounds."""
    rounds, seed, quick = int(words[0]), int(words[1]), words[2] == "quick"
    use_threads()
    try:
        # Memory first: what is plain has not been run yet.
        rcnn = rcnn_contest(18 if quick else 50, SMALL_PIXELS if quick else RCNN_PIXELS)
        rcnn.fast()
        memory = {Inferred.RCNN_MEMORY: _peak_gb()}
        retina = retina_contest(18 if quick else 152, SMALL_PIXELS if quick else RETINA_PIXELS)
        retina.fast()
        memory[Inferred.RETINA_MEMORY] = _peak_gb()
        series = _rounds(_acts(rcnn, retina), rounds, random.Random(seed))
    except CrossreadError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    series |= {timed: [peak] * rounds for timed, peak in memory.items() if peak is not None}
    series[Inferred.ONE] = [1.0] * rounds
    sys.stdout.write(json.dumps({"series": series, "decoder": version("torch")}) + "\n")
    sys.stdout.flush()
    return 0


def _acts(rcnn: Contest, retina: Contest) -> dict[Inferred, Act]:
    """Return what is timed, once both forms were seen to find the same."""
    rcnn.check()
    retina.check()
    return {
        Inferred.RCNN: rcnn.fast,
        Inferred.RCNN_PLAIN: rcnn.plain,
        Inferred.RCNN_MAPS: rcnn.fast_maps,
        Inferred.RCNN_MAPS_PLAIN: rcnn.plain_maps,
        Inferred.RETINA: retina.fast,
        Inferred.RETINA_PLAIN: retina.plain,
        Inferred.RETINA_MAPS: retina.fast_maps,
        Inferred.RETINA_MAPS_PLAIN: retina.plain_maps,
    }


def _rounds(
    acts: Mapping[Inferred, Act], rounds: int, order: random.Random
) -> dict[Inferred, list[float]]:
    """Time everything once in each round; `check` has warmed all up."""
    series: dict[Inferred, list[float]] = {timed: [] for timed in acts}
    for _ in range(rounds):
        for timed in order.sample(list(acts), len(acts)):
            start_s = time.process_time()
            acts[timed]()
            series[timed].append((time.process_time() - start_s) / THREADS)
    return series


def _peak_gb() -> float | None:
    """Return the most memory that this process has held; None where the system does not say."""
    peak_gb = None
    if sys.platform != "win32":
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peak_gb = peak / 1e9 if sys.platform == "darwin" else peak * 1024 / 1e9
    return peak_gb


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
