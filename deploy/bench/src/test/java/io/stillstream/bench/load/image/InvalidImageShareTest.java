package io.stillstream.bench.load.image;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class InvalidImageShareTest {
  @Test
  void shouldMakeAsManyBadAsItSaysOfAllKindsAlike() {
    // given
    InvalidImageShare share = new InvalidImageShare(0.02);

    // when
    Map<InvalidImageKind, Long> bad =
        LongStream.range(0, 3_000)
            .mapToObj(share::of)
            .flatMap(Optional::stream)
            .collect(groupingBy(kind -> kind, counting()));

    // then
    assertThat(share.among(3_000)).isEqualTo(60);
    assertThat(bad)
        .hasSize(InvalidImageKind.values().length)
        .allSatisfy((k, n) -> assertThat(n).isEqualTo(10));
  }

  @Test
  void shouldKnowTheExtremes() {
    assertThat(LongStream.range(0, 100).mapToObj(new InvalidImageShare(0)::of))
        .allMatch(Optional::isEmpty);
    assertThat(LongStream.range(0, 100).mapToObj(new InvalidImageShare(1)::of))
        .allMatch(Optional::isPresent);
  }

  @Test
  void shouldRefuseWhatIsNoShare() {
    assertThatThrownBy(() -> new InvalidImageShare(1.5))
        .hasMessage("must be within 0 and 1, was 1.5");
  }
}
