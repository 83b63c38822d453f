"""How strong a contrast must be to be seen equally well in fat and in dense gland.

An observer who looks for a blob sees it against the structure of the tissue at the blob's own
scale (Burgess 1999), and dense tissue compresses contrast on top of that. The contrast of a lesion
is therefore raised with the noise around it, within limits: a dense breast still hides more.
"""

import numpy as np
from scipy import ndimage

from study_design.phantom.texture import Field

# Noise over slope where a lesion of its nominal contrast is as conspicuous as it says: typical of
# breasts of density b.
_REFERENCE = 0.055
_FAINTEST, _STRONGEST = 0.85, 2.6
# Quantum noise and the eye limit what is seen in tissue without structure.
_FLOOR = 0.03


def film_curve(tissue: Field) -> Field:
    """Bend gland units as a film does: straight for fat, ever flatter towards 1 for dense gland."""
    return np.asarray(tissue / np.cbrt(1.0 + tissue**3), np.float32)


def contrast_factor(normal: Field, *, scale_mm: float, spacing_mm: float) -> float:
    """Return by what to multiply a contrast in gland units to keep its detectability.

    Parameters
    ----------
    normal
        The tissue where it will lie, in gland units, without it.
    scale_mm
        Half the radius of a blob; 1 for specks and strands.
    """
    seen = film_curve(normal)
    fine, coarse = (
        ndimage.gaussian_filter(seen, scale_mm * width / spacing_mm, mode="nearest")
        for width in (0.5, 2.0)
    )
    noise = float(np.hypot((fine - coarse).std(), _FLOOR))
    slope = float(np.mean((1.0 + normal**3) ** (-4.0 / 3.0)))
    return float(np.clip(noise / slope / _REFERENCE, _FAINTEST, _STRONGEST))
