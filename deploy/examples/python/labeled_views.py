"""The topic labeled-views as a data set of PyTorch:  labeled_views.py [VIEWS]

Prints the shapes of a batch of so many views, and how many of them the teacher names right.
"""

import sys

from kafka_reader import records
from view_tensors import label_of, logits_of, pixels_of

from torch.utils.data import DataLoader, IterableDataset, get_worker_info


def example(record):
    view = record["view"]
    return pixels_of(view), logits_of(record), label_of(view)


class LabeledViews(IterableDataset):
    """Yields pixels (uint8 [C, H, W]), logits (float [K]) and class (-1 if unknown), oldest first.

    Views that no teacher was asked about are left out; with unlabeled=True they have None for logits. At the end it
    stops, or waits for more with follow=True. The workers of a DataLoader share the partitions.
    """

    def __init__(self, topic="labeled-views", follow=False, unlabeled=False):
        self.topic, self.follow, self.unlabeled = topic, follow, unlabeled

    def __iter__(self):
        worker = get_worker_info()
        share = (worker.id, worker.num_workers) if worker else (0, 1)
        for item in records(self.topic, "LabeledView", example, self.follow, *share):
            if item and (self.unlabeled or item[1] is not None):
                yield item


def main(views):
    for pixels, logits, labels in DataLoader(LabeledViews(), batch_size=views):
        print(f"pixels {pixels.dtype} {list(pixels.shape)}, logits {logits.dtype} {list(logits.shape)}")
        right = (logits.argmax(1) == labels)[labels >= 0].double()
        print(f"the teacher names {right.mean():.1%} of {len(right)} views with a class right")
        return 0
    print("there are no labeled views yet", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if sys.argv[1:] else 1000))
