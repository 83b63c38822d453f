"""What several tests of this folder begin with."""

from given_signature_check import account as account
from given_signature_check import make_study as make_study
from given_signature_check import signed as signed
