/**
 * Replaces teachers while the service labels: detects newer versions of a model, loads them when
 * their files are complete, and swaps them in.
 *
 * <p>Knows files, but neither Kafka nor a tensor library: the loader of models is a parameter.
 */
package io.stillstream.labeler.reload;
