package io.stillstream.augmenter.operation;

/**
 * How strong a primitive is in each of a number of bins. In double precision: the last bit of
 * torch.linspace, which torchvision uses, depends on the machine.
 *
 * @param primitive what is applied
 * @param first magnitude of bin 0
 * @param last magnitude of the last bin
 */
record Magnitudes(AutoAugmentOperation primitive, double first, double last) {

  /** The same magnitude, 0, in all bins: for what is not graded. */
  static Magnitudes none(AutoAugmentOperation primitive) {
    return new Magnitudes(primitive, 0, 0);
  }

  /**
   * The magnitude of a bin.
   *
   * @param bin 0 to {@code bins − 1}
   * @param bins at least 2
   */
  double of(int bin, int bins) {
    if (primitive == AutoAugmentOperation.POSTERIZE) {
      return first - Math.rint(bin / ((bins - 1) / (first - last)));
    }
    return first + (last - first) * bin / (bins - 1);
  }
}
