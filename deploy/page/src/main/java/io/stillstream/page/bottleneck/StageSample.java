package io.stillstream.page.bottleneck;

/**
 * What is known of a stage at one moment.
 *
 * @param arrived end of the topic that it reads, all partitions together, transaction markers
 *     included
 * @param backlog how much of it the stage has not finished; at least 0
 * @param progress changes whenever the stage has finished something
 */
record StageSample(double arrived, double backlog, double progress) {}
