package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Mix;

/**
 * A second image that views may be mixed with.
 *
 * @param source the image
 * @param which its coordinates, which recipes name
 */
public record Partner(Source source, Mix.Partner which) {}
