"""The demonstration province: 174 courts, people of all roles in three of them, and a few cases.

Names are role words; nobody is meant. Loading twice changes nothing.
"""

from ankuan.registry.demonstration.load_cases import load_demonstration_cases
from ankuan.registry.demonstration.load_registry import load_demonstration_registry
from ankuan.registry.demonstration.people import DemonstrationSignIn, DemonstrationSignIns, demonstration_sign_ins

__all__ = [
    "DemonstrationSignIn",
    "DemonstrationSignIns",
    "demonstration_sign_ins",
    "load_demonstration_cases",
    "load_demonstration_registry",
]
