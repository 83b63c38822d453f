"""What is timed of inference, and the goals: seconds a view, memory, and ours beside plain nets.

Times are CPU seconds of the process, shared by the two threads that it works on: the seconds a view
takes where both have a core. Those of a plain net are measured in the same round.
"""

from enum import StrEnum

from reader_app.bench.goals import Goal
from reader_app.bench.viewer import BenchPlan


class Inferred(StrEnum):
    """Something whose time is taken in every round, for one view."""

    RCNN = "ours: Faster R-CNN, R50-FPN, 1344 x 640"
    RCNN_PLAIN = "plain: Faster R-CNN, R50-FPN, 1344 x 640"
    RCNN_MAPS = "ours: trunk and pyramid alone, R50-FPN, 1344 x 640"
    RCNN_MAPS_PLAIN = "plain: trunk and pyramid alone, R50-FPN, 1344 x 640"
    RETINA = "ours: RetinaNet-152, 800 x 800"
    RETINA_PLAIN = "plain: RetinaNet-152, 800 x 800"
    RETINA_MAPS = "ours: trunk and pyramid alone, R152-FPN, 800 x 800"
    RETINA_MAPS_PLAIN = "plain: trunk and pyramid alone, R152-FPN, 800 x 800"
    RCNN_MEMORY = "ours: peak memory of the process, Faster R-CNN, GB"
    RETINA_MEMORY = "ours: peak memory of the process, RetinaNet-152 after it, GB"
    ONE = "yardstick: one second, one GB"


INFERENCE_GOALS = (
    Goal("seconds a view, Faster R-CNN", Inferred.RCNN, Inferred.ONE, 2.0, 1.3),
    Goal("seconds a view, RetinaNet-152", Inferred.RETINA, Inferred.ONE, 2.6, 1.65),
    Goal("Faster R-CNN, plain / ours", Inferred.RCNN_PLAIN, Inferred.RCNN, 1.6, 2.0),
    Goal("RetinaNet-152, plain / ours", Inferred.RETINA_PLAIN, Inferred.RETINA, 1.6, 2.0),
    Goal("GB a view, Faster R-CNN", Inferred.RCNN_MEMORY, Inferred.ONE, 3.0, 2.0),
    Goal("GB a view, RetinaNet-152", Inferred.RETINA_MEMORY, Inferred.ONE, 3.0, 2.0),
)

INFERENCE = BenchPlan(
    "Inference", "reader_app.bench.inference_rounds", Inferred, INFERENCE_GOALS, "torch"
)
