"""Demo people, systems and dossiers for development; everything invented, nothing here is loaded in production."""
