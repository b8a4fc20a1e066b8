/**
 * Replaces teachers while they are in use: which model version to load, when its files are
 * complete, and how it is swapped in. Depends on neither Kafka nor a tensor library; the loader of
 * models is handed in.
 */
package io.stillstream.labeler.reload;
