"""Case numbers (案号): read, write, compare, and find them in what people write on bank transfers (domain §3)."""

from ankuan.kernel.case_number.codes import COURT_ALIASES, TYPE_CODES, current_court_code, is_known_type
from ankuan.kernel.case_number.extract import CaseNumberCandidate, extract_case_numbers
from ankuan.kernel.case_number.form import CaseNumber, CaseNumberError

__all__ = [
    "COURT_ALIASES",
    "TYPE_CODES",
    "CaseNumber",
    "CaseNumberCandidate",
    "CaseNumberError",
    "current_court_code",
    "extract_case_numbers",
    "is_known_type",
]
