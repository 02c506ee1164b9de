"""What starts, tests and ships the portal. Knows processes, ports and files; imports nothing of the portal.

Modules marked "before the venv" run on a bare Python and use the standard library only; the rest run inside `.venv`.
"""
