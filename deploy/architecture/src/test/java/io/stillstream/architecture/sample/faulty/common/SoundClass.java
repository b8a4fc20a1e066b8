package io.stillstream.architecture.sample.faulty.common;

/** Has the name of a class of another module, too. */
public final class SoundClass {}
