"""VIEW: figures for people who look at many courts. In this version: the overview of a court and those below it."""
