"""python run.py fills | report | start | stop | check | cron"""

import contextlib
import gc
import os
import sys

if __name__ == "__main__":
    # A run is over before collecting cycles pays.
    gc.disable()
    # Looking for pydantic's plugins reads every installed package, and would load their code here.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"

    from kis.command_line import main

    status = main(sys.argv[1:])
    with contextlib.suppress(OSError, AttributeError):  # Closed or full: nothing can be said.
        sys.stdout.flush()
        sys.stderr.flush()
    # Not sys.exit: an interrupted report does not wait for answers that are still on their way.
    os._exit(status)
