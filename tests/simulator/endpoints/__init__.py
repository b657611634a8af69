"""One file per endpoint: the answer to a call that passed the gate."""
