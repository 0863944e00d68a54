"""A bank in a process: the outside truth that bank simulators share.

It uses nothing of the product on purpose: a checker that shares code with what it checks shares its mistakes.
Money is an integer number of fen everywhere; times are Shanghai time, as a Chinese bank books.
"""
