package io.stillstream.page.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.ClassScore;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewQueueTest {
  private final ReviewQueue queue = new ReviewQueue();

  @Test
  void shouldHaveTheHighestPriorityFirstAndOfEqualOnesTheNewest() {
    // when
    queue.add(request("s", "low", 0.1, 9));
    queue.add(request("s", "old", 0.5, 1));
    queue.add(request("s", "new", 0.5, 2));
    queue.add(request("other", "theirs", 0.9, 3));

    // then
    assertThat(ids("s")).containsExactly("new", "old", "low");
    assertThat(ids("other")).containsExactly("theirs");
  }

  @Test
  void shouldLeaveOutWhatHasALabelWhicheverComesFirst() {
    // when, then
    assertThat(queue.add(request("s", "a", 0.5, 1))).isTrue();
    assertThat(queue.add(request("other", "a", 0.5, 1))).isTrue();
    assertThat(queue.label("a")).isTrue();
    assertThat(queue.label("b")).isFalse();
    assertThat(queue.add(request("s", "b", 0.5, 1))).isFalse();
    assertThat(queue.add(request("s", "a", 0.5, 2))).isFalse();
    assertThat(ids("s")).isEmpty();
    assertThat(ids("other")).isEmpty();
  }

  @Test
  void shouldHaveARepeatedRequestOnce() {
    // when, then
    assertThat(queue.add(request("s", "a", 0.5, 1))).isTrue();
    assertThat(queue.add(request("s", "a", 0.5, 1))).isFalse();
    assertThat(ids("s")).containsExactly("a");
  }

  @Test
  void shouldKeepTheNewestRequests() {
    // when
    for (int i = 0; i < 2 * ReviewQueue.MOST; i++) {
      queue.add(request("s", "image-" + i, 1.0 / (i + 1), i));
    }

    // then
    assertThat(ids("s")).hasSize(ReviewQueue.MOST).doesNotContain("image-99").contains("image-100");
  }

  @Test
  void shouldForgetTheOldestLabelsOnly() {
    // when
    for (int i = 0; i <= ReviewQueue.MOST_LABELS; i++) {
      queue.label("image-" + i);
    }

    // then
    assertThat(queue.add(request("s", "image-1", 0.5, 1))).isFalse();
    assertThat(queue.add(request("s", "image-0", 0.5, 1))).isTrue();
  }

  @Test
  void shouldShowWhatTheRequestSays() {
    // given
    ReviewRequest request = request("s", "a", 0.75, 7);
    request.setThumbnail(png(128));
    request.setPayloadUri("https://images.example.com/a.png");

    // when
    queue.add(request);

    // then
    ReviewEntry entry = queue.entries("s").get(0);
    assertThat(entry.reason()).isEqualTo("disagreement");
    assertThat(entry.priority()).isEqualTo(0.75);
    assertThat(entry.time()).isEqualTo(7);
    assertThat(entry.address()).isEqualTo("https://images.example.com/a.png");
    assertThat(entry.thumbnail()).startsWith("data:image/png;base64,");
    assertThat(entry.teacher()).containsExactly(new ReviewChoice(2, "Pullover", 0.6667));
    assertThat(entry.student()).isEmpty();
  }

  @Test
  void shouldShowNoSecretOfAnAddress() {
    // given
    ReviewRequest request = request("s", "a", 0.75, 7);
    request.setPayloadUri("https://user:word@images.example.com/a.png?X-Amz-Signature=secret");

    // when
    queue.add(request);

    // then
    assertThat(queue.entries("s").get(0).address())
        .isEqualTo("https://…@images.example.com/a.png?…");
  }

  @Test
  void shouldBoundWhatAnyoneMayWrite() {
    // given
    ReviewRequest request = request("s", "a", 7.5, 7);
    request.setTeacherTop(
        Collections.nCopies(1_000, new ClassScore(-5, "x".repeat(10_000), Double.NaN)));
    request.setPayloadUri("x".repeat(10_000));

    // when
    queue.add(request);
    queue.add(request("s", "b".repeat(4_001), 0.5, 1));
    queue.add(request("s", " ", 0.5, 1));
    queue.add(request("s", "c", Double.NaN, 1));

    // then
    assertThat(ids("s")).containsExactly("a", "c");
    ReviewEntry entry = queue.entries("s").get(0);
    assertThat(entry.priority()).isEqualTo(1);
    assertThat(entry.address()).hasSize(501);
    assertThat(entry.teacher()).hasSize(3);
    assertThat(entry.teacher().get(0).name()).hasSize(501);
    assertThat(entry.teacher().get(0).p()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"large", "no picture", "cut"})
  void shouldDoWithoutAThumbnailThatIsNone(String kind) {
    // given
    ByteBuffer png = png(kind.equals("large") ? 129 : 8);
    ReviewRequest request = request("s", "a", 0.5, 1);
    request.setThumbnail(
        switch (kind) {
          case "large" -> png;
          case "cut" -> png.slice(0, png.remaining() / 2);
          default -> ByteBuffer.wrap(new byte[] {1, 2, 3});
        });

    // when
    queue.add(request);

    // then
    assertThat(queue.entries("s")).singleElement().matches(entry -> entry.thumbnail() == null);
  }

  private List<String> ids(String student) {
    return queue.entries(student).stream().map(ReviewEntry::imageId).toList();
  }

  private static ByteBuffer png(int side) {
    return PixelCodec.encode(PixelEncoding.PNG, side, side, 1, new byte[side * side]);
  }

  private static ReviewRequest request(String student, String id, double priority, long time) {
    return ReviewRequest.newBuilder()
        .setImageId(id)
        .setStudent(student)
        .setStep(3)
        .setReason(ReviewReason.DISAGREEMENT)
        .setPriority(priority)
        .setTeacherTop(List.of(new ClassScore(2, "Pullover", 2 / 3.0)))
        .setStudentTop(List.of())
        .setCapturedAt(Instant.EPOCH)
        .setRequestedAt(Instant.ofEpochMilli(time))
        .build();
  }
}
