package io.stillstream.architecture.sample.faulty;

import io.stillstream.architecture.sample.sound.SoundClass;

final class UsingOtherModule {
  SoundClass[] other;
}
