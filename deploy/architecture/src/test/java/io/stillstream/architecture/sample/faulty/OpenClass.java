package io.stillstream.architecture.sample.faulty;

class OpenClass {}
