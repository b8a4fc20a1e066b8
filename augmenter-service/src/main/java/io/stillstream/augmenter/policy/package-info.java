/**
 * What views are made of an image: policies, the values drawn for one view, and the geometry they
 * add up to. Pure: no pixels, no Kafka, no clock; random numbers are handed in.
 */
package io.stillstream.augmenter.policy;
