package io.stillstream.local.policy.tune;

import io.stillstream.augmenter.image.decode.ImageSource;

/**
 * An image of the sample that can be decoded, and the teacher's logits on the unchanged image.
 *
 * @param image not decoded
 * @param number of the image in the sample, which its views' seeds are made from
 * @param logits of the teacher, [K]
 */
@SuppressWarnings("ArrayRecordComponent") // made once, then only read
record SampleImage(ImageSource image, int number, float[] logits) {}
