"""The worker process: finds due work in the database, lets ARQ carry the wake-ups, runs jobs, tells listeners."""
