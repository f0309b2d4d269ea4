"""Writes the names of the 1000 ImageNet classes, one a line, in the order of the logits.

timm (Apache-2.0) ships the WordNet synsets of the classes in that order, and the synonyms of
every synset. A label is the first synonym, except where two classes would then share one.
"""

from zipfile import ZipFile

FOLDER = "timm/data/_info"
CLASSES = 1000

DISTINCTIONS = {134: "crane (bird)", 517: "crane (machine)", 639: "maillot, tank suit"}
"""Labels of the classes whose first synonym is another class's label."""


def imagenet_labels(wheel: ZipFile) -> str:
    """The text of the label file, from timm's wheel."""
    synsets = wheel.read(f"{FOLDER}/imagenet_synsets.txt").decode().split()
    lines = wheel.read(f"{FOLDER}/imagenet_synset_to_lemma.txt").decode().splitlines()
    synonyms = dict(line.split("\t", 1) for line in lines)
    labels = [
        DISTINCTIONS.get(index, synonyms[synset].split(", ")[0])
        for index, synset in enumerate(synsets)
    ]
    if len(set(labels)) != CLASSES:
        raise ValueError(f"{len(set(labels))} distinct labels where {CLASSES} are needed")
    return "".join(f"{label}\n" for label in labels)
