/**
 * The teachers in use: one, or an ensemble that answers as one, each replaceable between batches.
 * Part of the domain: depends on neither Kafka nor files.
 */
package io.stillstream.labeler.teachers;
