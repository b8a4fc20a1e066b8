/**
 * Teachers that are replaced while they teach: which version of a model is the one to take, when
 * its files are complete, and how it takes its place.
 *
 * <p>Knows files, but neither Kafka nor a tensor library: who loads a model is handed in.
 */
package io.stillstream.labeler.reload;
