package io.stillstream.bench.load.deployment;

/** The topics of a pipeline. */
public record TopicNames(String images, String views, String labeledViews, String deadLetters) {}
