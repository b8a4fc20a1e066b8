/** What the augmenter counts, as an interface and as Micrometer meters. */
package io.stillstream.augmenter.metrics;
