"""Work that other processes do.

A process that is alone with itself forks: its workers begin at once, with all that is loaded.
One that has threads must not, since a fork would tear them apart; its workers load anew what
they need, which takes each as long as a program takes to start.
"""

from feeds.processes.beginning import begin_no_more
from feeds.processes.crew import Crew, Task
from feeds.processes.sharing import available, forked, shared
from feeds.processes.worker import limit_time

__all__ = ["Crew", "Task", "available", "begin_no_more", "forked", "limit_time", "shared"]
