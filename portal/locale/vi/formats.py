"""How days are typed in Việt Nam: the day first; month first, as Django would have it, reads 01/11 as January."""

DATE_INPUT_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"]
DATETIME_INPUT_FORMATS = [
    f"{day} {time}" for day in DATE_INPUT_FORMATS for time in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
]
