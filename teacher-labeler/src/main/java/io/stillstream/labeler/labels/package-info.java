/**
 * What labelling is, without a broker, a clock or a tensor library: batches, teachers, answers.
 *
 * <p>Nothing here knows Kafka, Micrometer or DJL; time is handed in.
 */
package io.stillstream.labeler.labels;
