"""Finding procedures by what people say: words, lexicon, index in memory, order of merit. No database here."""
