"""The transfer syntaxes that mammograms come in, and how the pixels of each are compressed."""

from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from study_design.images.pixels.codestream import Coding

NATIVE = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
CODINGS: dict[UID, Coding] = {
    RLELossless: Coding.RLE,
    JPEGLossless: Coding.JPEG_LOSSLESS,
    JPEGLosslessSV1: Coding.JPEG_LOSSLESS,
    JPEGLSLossless: Coding.JPEG_LS,
    JPEG2000Lossless: Coding.JPEG_2000,
    HTJ2KLossless: Coding.HTJ2K,
    HTJ2KLosslessRPCL: Coding.HTJ2K,
    JPEGBaseline8Bit: Coding.JPEG,
    JPEGExtended12Bit: Coding.JPEG,
    JPEGLSNearLossless: Coding.JPEG_LS,
    JPEG2000: Coding.JPEG_2000,
    HTJ2K: Coding.HTJ2K,
}
# Those that may lose something; whether a file did, its data tell.
LOSSY = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K)
