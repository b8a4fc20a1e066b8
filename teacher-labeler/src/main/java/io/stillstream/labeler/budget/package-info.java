/**
 * The label budget: which images are labelled. Part of the domain: depends on neither Kafka nor a
 * clock.
 */
package io.stillstream.labeler.budget;
