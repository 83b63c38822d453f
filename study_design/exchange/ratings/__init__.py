"""Files of ratings as iMRMC, OR-DBM MRMC, MRMCaov and RJafroc read and write them."""
