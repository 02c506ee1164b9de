"""Dossiers over the API of agencies' systems (/api/v1/dossiers/): pull, report events, fetch papers."""
