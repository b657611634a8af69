"""Alerts for a Korea Investment & Securities account, one short run at a time.

- `command_line.py`  argv -> job; builds every part; exit status (`run.py` is the entry)
- `settings.py`      environment -> Settings: every name, default and check
- `environment.py`   where the settings' values come from; `settings_trouble.py` tells of bad ones
- `jobs/`            what we do: gather -> decide -> stage -> deliver
- `core/`            what is true: pure values, and what readers see of them
- `broker/`          whom we ask: KIS over REST; the only place with KIS abbreviations
- `store/`           what we remember: Redis or one SQLite file
- `channels/`        whom we tell: Discord
- `ports.py`         what the jobs need of broker, store and channel
- `errors.py`, `deadline.py`, `http.py`, `logs.py`, `heartbeat.py`, `health.py`: around a run
"""

__version__ = "1.0.0"
