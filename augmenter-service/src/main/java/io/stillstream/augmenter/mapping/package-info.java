/** Mapping between Avro records and images, recipes and views. */
package io.stillstream.augmenter.mapping;
