package io.stillstream.local.policy.tune;

import io.stillstream.augmenter.image.decode.ImageSource;

/**
 * An image of the sample and what the teacher says to it as it is.
 *
 * @param image not decoded
 * @param number of the image in the sample, which its views' seeds are made from
 * @param view the pixels of view 0, unsigned bytes of the output's shape
 * @param logits of the teacher, [K]; none before it was asked
 */
@SuppressWarnings("ArrayRecordComponent") // made once, then only read
record SampleImage(ImageSource image, int number, byte[] view, float[] logits) {}
