"""What the notifier costs, beside its floors: `python -m bench` writes RESULTS.md.

__main__.py     makes the two environments, then hands over to suite.py
suite.py        options -> sections -> RESULTS.md
idle.py         an idle `fills` run, and what a user would pick instead
report.py       a report of 50 holdings at the allowed rate
heavy_day.py    1,000 and 3,000 orders
accounts.py     200 accounts on one Redis within a minute
image.py        the container, beside a resident Python
clock.py        hyperfine, one run at a time, the cases in turn
counting.py     store round trips and commits, KIS calls, imported modules
results.py      spreads, goals, tables
floors/         the scripts that are the floors
others/         one poll by other clients; a resident process
"""
