package io.stillstream.bench.load.measurement;

/**
 * What a service does when nothing else but the broker runs, and there is always enough to do.
 *
 * @param service which one
 * @param partitions of its topic
 * @param instances processes
 * @param images per second, all instances together
 * @param cpuMillisPerImage processor time, all instances together
 * @param brokerMillisPerImage processor time of broker and registry
 * @param cores that its instances kept busy
 */
public record IsolatedServiceResult(
    String service,
    int partitions,
    int instances,
    double images,
    double cpuMillisPerImage,
    double brokerMillisPerImage,
    double cores) {}
