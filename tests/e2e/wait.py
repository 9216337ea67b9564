"""Waiting, for the stories in Python: a condition and a deadline, never a pause and a hope."""
import time


def until(condition, seconds, pause=0.02):
    """What @condition() gives once it is true, or None when the time is up."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            return None
        time.sleep(pause)
