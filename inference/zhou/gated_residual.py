"""What a sister view adds to a feature map, behind a gate that starts closed."""

import torch
from torch import Tensor, nn

# A gate opens this much faster than a weight moves: steps of Adam are alike for all parameters, and
# with weights of a hundredth a gate of .5 would be thousands of steps away (at a pace of 20, gates
# stood at .03 to .2 after 350 steps).
_PACE = 60.0


class GatedResidual(nn.Module):
    """A 1x1 convolution of the evidence, added to the map through one gate a channel.

    A gate lies between -1 and 1. The gates start at zero, so a model with fusion is exactly the
    single-view model that it starts from, and goes on from its weights.

    Parameters
    ----------
    evidence, channels
        Channels of what the sister view says, and of the map.
    """

    def __init__(self, evidence: int, channels: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(evidence, channels, 1)
        self.gate = nn.Parameter(torch.zeros(channels))
        nn.init.kaiming_uniform_(self.project.weight, a=1)
        assert self.project.bias is not None
        nn.init.zeros_(self.project.bias)

    def forward(self, evidence: Tensor, present: Tensor) -> Tensor:
        """Return what is to be added, (N, channels, h, w).

        Parameters
        ----------
        evidence
            (N, evidence, h, w), finite also where no sister view is.
        present
            (N,), whether a picture has the sister view; without it the gate is closed.
        """
        gate = (_PACE * self.gate).tanh()[None, :, None, None]
        present = present.to(evidence)[:, None, None, None]
        added: Tensor = present * gate * self.project(evidence)
        return added
