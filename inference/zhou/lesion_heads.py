"""What is told of each lesion once it is found: quadrant, depth, malignancy and morphology."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inference.detectors.pictures import PictureDetections
from inference.prepared import LesionTarget, PreparedView
from inference.zhou.depth import DepthRegressor, depth_loss
from inference.zhou.known import Known, Task
from inference.zhou.landmarks import view_landmarks
from inference.zhou.lesion_mask import masked_views
from inference.zhou.malignancy import Character, CharacterHead, malignancy_loss, morphology_loss
from inference.zhou.matching import Candidates
from inference.zhou.quadrants import QuadrantClassifier, quadrant_loss
from inference.zhou.view_batch import ViewBatch, box_tensor
from study_design.geometry import Point
from study_design.vocabulary import Quadrant


@dataclass(frozen=True, slots=True, eq=False)
class ViewFindings:
    """The K detections on one view with all that is told of them.

    Attributes
    ----------
    found
        Boxes in pixels of the prepared view.
    candidates
        The same as matching sees them; where depth or quadrant were never taught, the depth by the
        outline and equal probabilities.
    character
        Malignancy and morphology, to be believed as far as they were taught.
    """

    view: PreparedView
    found: PictureDetections
    candidates: Candidates
    character: Character


class LesionHeads(nn.Module):
    """The nets that look at one lesion at a time.

    Parameters
    ----------
    width
        Of the detector's embedding.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.quadrants = QuadrantClassifier()
        self.depth = DepthRegressor()
        self.character = CharacterHead(width)
        self.known = Known()

    def losses(
        self, batch: ViewBatch, targets: Sequence[Sequence[LesionTarget]], embedding: Tensor
    ) -> dict[str, Tensor]:
        """Return `quadrant`, `depth`, `malignancy` and `morphology`.

        Parameters
        ----------
        targets
            The lesions of each picture.
        embedding
            (K, width) of their boxes, picture by picture.
        """
        lesions = [target for each in targets for target in each]
        if not lesions:
            return {}
        boxes = [box_tensor(each).to(batch.pictures.device) for each in targets]
        masked = masked_views(batch.pictures, batch.landmarks.breast, boxes)
        character = self.character(embedding)
        return {
            "quadrant": quadrant_loss(
                self.quadrants(masked),
                [target.view.projection for target in lesions],
                [_word(target.quadrant) for target in lesions],
            ),
            "depth": depth_loss(self.depth(masked), [target.depth for target in lesions]),
            "malignancy": malignancy_loss(character, [target.malignant for target in lesions]),
            "morphology": morphology_loss(character, [target.morphology for target in lesions]),
        }

    def described(self, batch: ViewBatch, found: Sequence[PictureDetections]) -> list[ViewFindings]:
        """Return what is told of the detections of each picture."""
        return [self._of_view(batch, number, each) for number, each in enumerate(found)]

    def _of_view(self, batch: ViewBatch, number: int, found: PictureDetections) -> ViewFindings:
        view = batch.views[number]
        one = slice(number, number + 1)
        masked = masked_views(batch.pictures[one], batch.landmarks.breast[one], [found.boxes])
        logits = self.quadrants(masked)
        if Task.QUADRANT not in self.known:
            logits = torch.zeros_like(logits)
        depth = self.depth(masked) if Task.DEPTH in self.known else _outline_depth(view, found)
        candidates = Candidates(
            depth=depth,
            label=found.labels,
            size_px=(found.boxes[:, 2:] - found.boxes[:, :2]).prod(dim=1).clamp(min=1).sqrt(),
            score=found.scores,
            quadrant=self.quadrants.probabilities(logits, view.view.projection),
            embedding=found.embedding,
            grey=_mean_grey(view, found),
        )
        return ViewFindings(view, found, candidates, self.character(found.embedding))


def _word(quadrant: str | None) -> Quadrant | None:
    """Return a quadrant of the reference standard; None for words that are no quadrant."""
    return Quadrant(quadrant) if quadrant in set(Quadrant) else None


def _outline_depth(view: PreparedView, found: PictureDetections) -> Tensor:
    """Return the depth (K,) of boxes by nipple and outline."""
    marks = view_landmarks(view)
    centres = ((found.boxes[:, :2] + found.boxes[:, 2:]) / 2).tolist()
    return found.boxes.new_tensor([marks.depth(Point(x, y)) for x, y in centres])


def _mean_grey(view: PreparedView, found: PictureDetections) -> Tensor:
    """Return the mean grey (K,) of boxes."""
    corners = found.boxes.round().int().tolist()
    means = [
        float(
            view.pixels[
                max(top, 0) : max(bottom, top + 1), max(left, 0) : max(right, left + 1)
            ].sum()
            / max((bottom - top) * (right - left), 1)
        )
        for left, top, right, bottom in corners
    ]
    return found.boxes.new_tensor(means)
