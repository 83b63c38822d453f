"""Faster R-CNN with a feature pyramid: the detector under Zhou's, Liao's, Li's and Lin's systems.

Its steps are methods of their own, so that a system may change the maps between trunk and pyramid
or ask for the embedding of boxes of its choice. Layer names are torchvision's
(`fasterrcnn_resnet50_fpn` with batch normalisation), so its checkpoints load.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from torch import Tensor, nn

from inference.detectors.pictures import PictureDetections, PictureTargets, normalised
from inference.detectors.roi_heads import RoiHeads, RoiSettings
from inference.detectors.rpn import Objectness, Rpn, RpnSettings
from inference.layers.fpn import FeaturePyramid
from inference.layers.resnet import STRIDES, ResNet

PYRAMID_STRIDES = (*STRIDES, 64)
"""Pixels per feature of P2..P6."""


@dataclass(frozen=True, slots=True)
class FasterRcnnSettings:
    """The numbers of a detector; the defaults are those of Ren 2015 and Lin 2017.

    Attributes
    ----------
    n_classes
        Kinds of lesions, background not counted.
    channels
        Of the pyramid's maps.
    box_head_width
        Of the fully connected layers and the embedding.
    anchor_sizes
        In pixels, of P2..P6.
    training_proposals, proposals
        Proposals of a picture that reach the second stage, in training and at test.
    training_candidates, candidates
        Anchors of a level that go into suppression, in training and at test.
    rpn_samples, samples
        Anchors and proposals of a picture that losses are taken over.
    score_threshold, nms_threshold, per_picture, class_agnostic, canonical_px
        As in `RoiSettings`.
    """

    n_classes: int
    channels: int = 256
    box_head_width: int = 1024
    anchor_sizes: tuple[float, ...] = (32.0, 64.0, 128.0, 256.0, 512.0)
    training_proposals: int = 2000
    proposals: int = 300
    training_candidates: int = 2000
    candidates: int = 1000
    rpn_samples: int = 256
    samples: int = 512
    score_threshold: float = 0.05
    nms_threshold: float = 0.5
    per_picture: int = 100
    class_agnostic: bool = False
    canonical_px: float = 224.0


def lite_settings(n_classes: int) -> FasterRcnnSettings:
    """Return the numbers for pixels of 0.5 mm and a computer without a GPU."""
    return replace(
        FasterRcnnSettings(n_classes),
        channels=64,
        box_head_width=256,
        anchor_sizes=(12.0, 24.0, 48.0, 96.0, 192.0),
        training_proposals=200,
        proposals=100,
        training_candidates=300,
        candidates=200,
        # Few anchors meet a lesion; among many that do not, they would hardly count.
        rpn_samples=64,
        samples=64,
        # A short training leaves scores low; their order is what a FROC curve asks for.
        score_threshold=0.01,
        canonical_px=112.0,
    )


class Backbone(nn.Module):
    """Trunk and pyramid under torchvision's names."""

    def __init__(self, body: ResNet, fpn: FeaturePyramid) -> None:
        super().__init__()
        self.body = body
        self.fpn = fpn


class FasterRcnn(nn.Module):
    """The two-stage detector.

    Parameters
    ----------
    trunk
        Gives C2..C5.
    settings
        Its numbers.
    """

    def __init__(self, trunk: ResNet, settings: FasterRcnnSettings) -> None:
        super().__init__()
        self.settings = settings
        pyramid = FeaturePyramid(trunk.channels, settings.channels, "pool")
        self.backbone = Backbone(trunk, pyramid)
        self.rpn = Rpn(settings.channels, PYRAMID_STRIDES, self._rpn_settings())
        self.roi_heads = RoiHeads(settings.channels, STRIDES, self._roi_settings())

    def trunk_features(self, pictures: Tensor) -> list[Tensor]:
        """Return C2..C5 of a batch of `pictures.batched`."""
        maps: list[Tensor] = self.backbone.body(normalised(pictures))
        return maps

    def pyramid(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return P2..P6 from C2..C5."""
        out: list[Tensor] = self.backbone.fpn(maps)
        return out

    def features(self, pictures: Tensor) -> list[Tensor]:
        """Return P2..P6 of a batch of `pictures.batched`."""
        return self.pyramid(self.trunk_features(pictures))

    def losses(
        self,
        features: Sequence[Tensor],
        picture_size: tuple[int, int],
        targets: Sequence[PictureTargets],
    ) -> dict[str, Tensor]:
        """Return `rpn_objectness`, `rpn_box`, `roi_class` and `roi_box`.

        Parameters
        ----------
        features
            P2..P6.
        picture_size
            Height and width of the batch that they are of.
        targets
            One a picture; without lesions where it has none.
        """
        objectness: Objectness = self.rpn(features)
        proposals = self.rpn.proposals(
            objectness,
            picture_size,
            count=self.settings.training_proposals,
            candidates=self.settings.training_candidates,
        )
        first = self.rpn.losses(objectness, targets)
        return first | self.roi_heads.losses(features, proposals, targets)

    def detections(
        self, features: Sequence[Tensor], picture_size: tuple[int, int]
    ) -> list[PictureDetections]:
        """Return what stands on each picture, boxes in its pixels, from P2..P6."""
        proposals = self.rpn.proposals(
            self.rpn(features),
            picture_size,
            count=self.settings.proposals,
            candidates=self.settings.candidates,
        )
        return self.roi_heads.detections(features, proposals, picture_size)

    def embed(self, features: Sequence[Tensor], boxes: Sequence[Tensor]) -> Tensor:
        """Return the embedding (K, width) of boxes of one's choice, given picture by picture."""
        return self.roi_heads.embed(features, boxes)

    def _rpn_settings(self) -> RpnSettings:
        """Return what concerns the first stage."""
        return RpnSettings(self.settings.anchor_sizes, self.settings.rpn_samples)

    def _roi_settings(self) -> RoiSettings:
        """Return what concerns the second stage."""
        mine = self.settings
        return RoiSettings(
            n_classes=mine.n_classes,
            width=mine.box_head_width,
            samples=mine.samples,
            score_threshold=mine.score_threshold,
            nms_threshold=mine.nms_threshold,
            per_picture=mine.per_picture,
            class_agnostic=mine.class_agnostic,
            canonical_px=mine.canonical_px,
        )
