package io.stillstream.augmenter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stillstream.augmenter.random.UniformRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SettingsReaderTest {
  private final List<String> errors = new ArrayList<>();

  @Test
  void shouldReadNumbersThatAreGivenAsText() throws Exception {
    // given
    SettingsReader settings = reader("{a: '1.50', b: '7', c: -0.0}");

    // when
    double a = settings.number("a", 0, 0, 2, "");
    int b = settings.integer("b", 0, 0, 9, "");
    double c = settings.number("c", 1, -1, 1, "");

    // then: −0 has the canonical form of 0
    assertThat(a).isEqualTo(1.5);
    assertThat(b).isEqualTo(7);
    assertThat(Double.doubleToRawLongBits(c)).isZero();
    assertThat(CanonicalJson.of(settings.recorded())).isEqualTo("{\"a\":1.5,\"b\":7,\"c\":0}");
    assertThat(errors).isEmpty();
  }

  @Test
  void shouldReportAllErrorsAndReturnFallbacks() throws Exception {
    // given
    SettingsReader settings = reader("{a: NaN, b: 1.5, c: maybe, d: [2, 1], f: 1}");

    // when
    settings.number("a", 0.5, 0, 1, "");
    settings.integer("b", 1, 1, 9, "");
    settings.flag("c", true, "");
    NumberLists.interval(settings, "d", null, 0, 9, "");
    settings.requiredInteger("e", 3, 9, "");
    settings.rejectUnknownKeys();

    // then
    assertThat(errors)
        .containsExactly(
            "x.a: must be from 0 to 1, was \"NaN\"",
            "x.b: must be a whole number, was 1.5",
            "x.c: must be true or false, was \"maybe\"",
            "x.d: must rise from the first to the second, was [2,1]",
            "x.e: is required",
            "x.f: unknown key; known are a, b, c, d, e");
  }

  @Test
  void shouldRecordADefaultOnlyIfItIsPartOfTheCanonicalForm() throws Exception {
    // given
    SettingsReader settings = reader("{}");

    // when
    settings.number("a", 0.5, 0, 1, "");
    settings.unrecordedDefault("b", 0, 0, 255, "");
    settings.optionalInteger("c", 0, 9, "");

    // then
    assertThat(CanonicalJson.of(settings.recorded())).isEqualTo("{\"a\":0.5}");
    assertThat(settings.docs())
        .extracting(SettingDoc::name, SettingDoc::range, SettingDoc::defaultValue)
        .containsExactly(
            tuple("a", "0 to 1", "0.5"), tuple("b", "0 to 255", "0"), tuple("c", "0 to 9", ""));
  }

  @Test
  void shouldExpandShortFormsOfRanges() throws Exception {
    // given
    SettingsReader settings = reader("{a: 3, b: 3, c: 0.4, d: 2, e: [1, 2]}");

    // then
    assertThat(NumberLists.range(settings, "a", null, -5, 5, ""))
        .isEqualTo(new UniformRange(-3, 3));
    assertThat(NumberLists.interval(settings, "b", null, 0, 5, ""))
        .isEqualTo(new UniformRange(3, 3));
    assertThat(NumberLists.factor(settings, "c", null, 5, ""))
        .isEqualTo(new UniformRange(0.6, 1.4));
    assertThat(NumberLists.pair(settings, "d", null, 0, 5, "")).containsExactly(2, 2);
    assertThat(NumberLists.integerInterval(settings, "e", null, 0, 5, "")).containsExactly(1, 2);
    assertThat(errors).isEmpty();
  }

  private SettingsReader reader(String yaml) throws JsonProcessingException {
    return new SettingsReader("x", new YAMLMapper().readTree(yaml), errors);
  }
}
