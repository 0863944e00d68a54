"""A day's statement as MT940, the way Chinese banks fill :86: with structured sub-fields."""

from ankuan_simcore.days import Statement

_LONGEST = 27


def statement_file(statement: Statement) -> str:
    """Opening balance, one :61:/:86: pair a booking, closing balance."""
    day = statement.day.replace("-", "")[2:]
    lines = [
        f":20:PAPER{day}",
        f":25:{statement.account}",
        ":28C:1/1",
        f":60F:{_balance(day, statement.opening)}",
    ]
    for line in statement.lines:
        entry = line.entry
        value = entry.value_date.replace("-", "")[2:]
        mark = "C" if line.fen > 0 else "D"
        lines.append(f":61:{value}{day[2:]}{mark}{_amount(line.fen)}NTRFNONREF//P{entry.no:012d}")
        words = [entry.remark[start : start + _LONGEST] for start in range(0, len(entry.remark), _LONGEST)] or [""]
        told = "".join(f"?2{number}{word}" for number, word in enumerate(words[:6]))
        lines.append(f":86:166?00转账{told}?31{entry.counter_account}?32{entry.counter_name[:_LONGEST]}")
    lines += [f":62F:{_balance(day, statement.closing)}", "-", ""]
    return "\n".join(lines)


def _balance(day: str, fen: int) -> str:
    return f"{'D' if fen < 0 else 'C'}{day}CNY{_amount(fen)}"


def _amount(fen: int) -> str:
    whole, part = divmod(abs(fen), 100)
    return f"{whole},{part:02d}"
