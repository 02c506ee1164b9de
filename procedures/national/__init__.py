"""Importing the national catalogue (cơ sở dữ liệu quốc gia về TTHC): read, check, derive, apply, report."""
