import numpy as np
from numpy.typing import NDArray

from inference.blob import BlobDetector
from inference.prepared import Frame, PreparedExam, PreparedView
from inference.system import DetectionSystem
from study_design.geometry import Box, Point, iou
from study_design.vocabulary import AiStatus, View


def _exam(*, with_blob: bool, scale: float = 1.0) -> PreparedExam:
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:120, :100]
    pixels = 0.4 + 0.1 * _tissue(rng)
    breast = (columns / 95) ** 2 + ((rows - 60) / 58) ** 2 < 1
    if with_blob:
        pixels += 0.8 * np.exp(-((rows - 70) ** 2 + (columns - 40) ** 2) / (2 * 6.0**2))
    pixels = np.where(breast, pixels, 0).astype(np.float32)
    frame = Frame(240, 200, True, False, 0.0, 0.0, scale)
    view = PreparedView(View.R_CC, "i", pixels, breast, 0.5, frame, Point(95.0, 60.0))
    return PreparedExam("C1", "P1", (view,))


def _tissue(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return texture with the 1/f^3 power of tissue, of standard deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(120)[:, None], np.fft.fftfreq(100)[None, :])
    frequency[0, 0] = np.inf
    spectrum = np.fft.fft2(rng.standard_normal((120, 100))) / frequency**1.5
    texture: NDArray[np.float64] = np.fft.ifft2(spectrum).real
    return texture / texture.std()


def test_the_surest_blob_is_the_one_that_is_there() -> None:
    result = BlobDetector().detect(_exam(with_blob=True, scale=0.5))
    assert result.status is AiStatus.FINDING
    best = max(result.detections, key=lambda one: one.score)
    view = _exam(with_blob=True, scale=0.5).views[0]
    true = view.frame.to_stored(Box(40.5 - 9, 70.5 - 9, 18, 18))
    assert iou(best.boxes[0].where, true) > 0.5
    assert best.score == max(one.score for one in result.detections)
    assert result.score_right == best.score
    assert result.score_left == 0.0


def test_the_edge_of_the_breast_is_no_blob() -> None:
    with_blob = BlobDetector().detect(_exam(with_blob=True))
    without = BlobDetector().detect(_exam(with_blob=False))
    assert (without.score_exam or 0) < (with_blob.score_exam or 0)


def test_blobs_keep_clear_of_each_other() -> None:
    boxes = [d.boxes[0].where for d in BlobDetector().detect(_exam(with_blob=True)).detections]
    for place, box in enumerate(boxes):
        assert all(iou(box, other) < 0.2 for other in boxes[place + 1 :])


def test_the_yardstick_is_a_detection_system() -> None:
    assert isinstance(BlobDetector(), DetectionSystem)
