"""Packs: procedures as text files (YAML), read into the catalogue and written back (docs/procedure-pack.md).

`yaml_text` reads and writes the text, `reference` is what packs refer to, `expansion` puts shared groups into a form,
`checking` judges a pack key by key, `reading` does these in order; `exporting` and `importing` carry one procedure
between portals.
"""

from procedures.packs.reading import Pack, read_pack, read_pack_text
from procedures.packs.reference import REFERENCE, Reference, own_reference, read_yaml
from procedures.packs.yaml_text import PackError

__all__ = ["REFERENCE", "Pack", "PackError", "Reference", "own_reference", "read_pack", "read_pack_text", "read_yaml"]
