/** Operations that choose others by themselves: AugMix, RandAugment, TrivialAugmentWide. */
package io.stillstream.augmenter.operation.auto;
