package io.stillstream.bench.load;

/** The topics of a pipeline. */
record TopicNames(String images, String views, String labeledViews, String deadLetters) {}
