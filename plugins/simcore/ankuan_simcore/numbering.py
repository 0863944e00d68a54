"""Account numbers of the simulated bank: 19 digits, ``81`` + ten digits of the main account + a tail of seven."""

TAIL_DIGITS = 7
ADJUSTMENT_TAIL = "0000000"


def host_no(main: str) -> str:
    """The twelve digits all sub-accounts of a main account begin with."""
    return f"81{main[-10:]:0>10}"


def sub_number(main: str, tail: int | str) -> str:
    """Number of a sub-account by its tail."""
    return f"{host_no(main)}{int(tail):0{TAIL_DIGITS}d}"


def adjustment_number(main: str) -> str:
    """Number of the public adjustment account (公共调账账号) of a main account."""
    return host_no(main) + ADJUSTMENT_TAIL
