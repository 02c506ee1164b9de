"""The DVCQG wire format, as one-stop systems speak it today (docs/api/wire.md): always 200, operation in the body."""
