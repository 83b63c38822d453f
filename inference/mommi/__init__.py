"""The system of Liao 2023 and Li 2023: IDVN, BDVN and IFN find lesions, a DenseNet judges them."""
