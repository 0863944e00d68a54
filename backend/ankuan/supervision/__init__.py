"""TIME: deadlines, warnings and notices. In this version: notices of arrivals."""
