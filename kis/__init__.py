"""Alerts for a Korea Investment & Securities account, one short run at a time.

    run.py        the entry; kis/command_line.py: argv -> job, builds every part, exit status
kis/jobs/     what we do: gather -> decide -> stage -> deliver
kis/core/     what is true: pure values, every word a reader sees
kis/broker/   whom we ask: KIS over REST; the only place with KIS abbreviations
kis/store/    what we remember: Redis or one SQLite file
kis/channels/ whom we tell: Discord
"""

__version__ = "1.0.0"
